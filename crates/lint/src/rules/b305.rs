//! B305: A default, identity or NOT NULL goes that code may rely on.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "B305",
    name: "column-guarantee-goes",
    group: Group::Breaking,
    severity: Severity::Note,
    sources: &["A18", "A19", "A20", "A21"],
    page: include_str!("b305.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let (column, message, breaks) = match action.action {
            TableAction::DropNotNull { column } => (column, "readers may meet NULL in", false),
            TableAction::DropDefault { column } => (column, "inserts that leave it out get no value for", true),
            TableAction::DropIdentity { column } => (column, "inserts that leave it out fail for", true),
            TableAction::DropExpression { column } => (column, "nothing computes any more", false),
            _ => continue,
        };
        let facts = context.schema.column(&action.table, column);
        let required = facts.is_some_and(|column| column.not_null);
        // Code knows no new column, but its inserts meet what that asks for.
        let is_new = facts.is_some_and(|column| column.created);
        let harmless = is_new && !(breaks && required) && !matches!(action.action, TableAction::DropExpression { .. });
        if harmless || context.default_returns(&action.table, column) {
            continue;
        }
        found
            .say(Consequence::Break, format!("{message} {}.{column}", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why(match is_new {
                true => "code that runs does not know the column: its inserts have no value for it",
                false => "code that runs may rely on it",
            })
            .severity(if breaks && required { Severity::Warning } else { Severity::Note });
    }
}
