//! P809: New columns that old code can't leave out.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "P809",
    name: "nullable-first",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p809.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    if !context.policies.nullable_first {
        return;
    }
    for action in context.actions() {
        let TableAction::AddColumn { column, .. } = action.action else { continue };
        if column.not_null && column.default.is_none() && column.generated.is_none() {
            found
                .say(Consequence::Break, format!("{} has to be given from now on", column.name))
                .at(action.span)
                .on(&action.table)
                .why("[policy] nullable_first: code of the release before does not know it")
                .instead(format!("ALTER TABLE {} ADD COLUMN {} …; -- nullable, or with a default", action.written, column.name));
        }
    }
}
