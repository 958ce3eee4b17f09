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
    let Some(all) = altered(context) else { return };
    for action in context.actions() {
        let (column, message, breaks) = match action.action {
            TableAction::DropNotNull { column } => (column, "readers may meet NULL in", false),
            TableAction::DropDefault { column } => (column, "inserts that leave it out get no value for", true),
            TableAction::DropIdentity { column } => (column, "inserts that leave it out fail for", true),
            TableAction::DropExpression { column } => (column, "nothing computes any more", false),
            _ => continue,
        };
        let replaced = all.iter().any(|(_, other)| {
            matches!(other, TableAction::AddIdentity { column: of } | TableAction::SetDefault { column: of, .. } if of == column)
        });
        if replaced {
            continue;
        }
        let required = context.schema.column(&action.table, column).is_some_and(|column| column.not_null);
        found
            .say(Consequence::Break, format!("{message} {}.{column}", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("code that runs may rely on it")
            .severity(if breaks && required { Severity::Warning } else { Severity::Note });
    }
}

fn altered<'c>(context: &Context<'c>) -> Option<&'c [(groundline_core::Span, TableAction)]> {
    match context.operation {
        groundline_sql::operation::Operation::AlterTable { actions, .. } => Some(actions),
        _ => None,
    }
}
