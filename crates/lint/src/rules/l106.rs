//! L106: A change of type that stays in place, but has checks or indexes done again.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "L106",
    name: "change-type-rescans",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["B03", "B04"],
    page: include_str!("l106.md"),
    check,
};

use crate::effect::{TypeChange, type_change};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::SetType { column, .. } = action.action else { continue };
        let change = type_change(context.schema, &action.table, column, action.action);
        let TypeChange::Rescan(why) = change else { continue };
        found
            .say(Consequence::Scan, format!("changing the type of {column} reads all of {}", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why(why);
    }
}
