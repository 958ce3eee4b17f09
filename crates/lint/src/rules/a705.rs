//! A705: A constraint added NOT VALID that the script does not validate.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "A705",
    name: "not-valid-left",
    group: Group::Advice,
    severity: Severity::Note,
    sources: &["C17"],
    page: include_str!("a705.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddConstraint(constraint) = action.action else { continue };
        let Some(name) = constraint.name.as_ref().filter(|_| constraint.not_valid) else { continue };
        let later = context.later();
        let validated = later.iter().any(|operation| {
            matches!(operation, groundline_sql::operation::Operation::AlterTable { actions, .. }
                if actions.iter().any(|(_, other)| *other == TableAction::ValidateConstraint { name: name.clone() }))
        });
        if !validated {
            found
                .say(Consequence::Style, format!("{name} holds for new rows only until it is validated"))
                .at(action.span)
                .on(&action.table)
                .why("nothing reminds of it")
                .instead(format!("ALTER TABLE {} VALIDATE CONSTRAINT {name};", action.written));
        }
    }
}
