//! B301: RENAME COLUMN.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "B301",
    name: "rename-column",
    group: Group::Breaking,
    severity: Severity::Error,
    sources: &["A15"],
    page: include_str!("b301.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::RenameColumn { column, to } = action.action else { continue };
        let is_new = context.schema.column(&action.table, column).is_some_and(|column| column.created);
        if is_new || context.column_returns(&action.table, column) {
            continue;
        }
        let table = action.written;
        let kind = context.schema.column(&action.table, column).map_or("…".to_owned(), |column| column.kind.to_string());
        found
            .say(Consequence::Break, format!("code that names {}.{column} fails from this moment on", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("the old and the new release run at the same time, and each knows one name")
            .instead(format!(
                "ALTER TABLE {table} ADD COLUMN {to} {kind};\n\
                 -- a trigger that keeps {to} and {column} alike, a backfill in batches, the code, then:\n\
                 ALTER TABLE {table} DROP COLUMN {column};"
            ));
    }
}
