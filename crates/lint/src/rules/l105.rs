//! L105: A change of type that writes all rows anew.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Name, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L105",
    name: "change-type-rewrites",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["B01", "B05"],
    page: include_str!("l105.md"),
    check,
};

use crate::effect::{TypeChange, type_change};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::SetType { column, kind, .. } = action.action else { continue };
        let change = type_change(context.schema, &action.table, column, action.action);
        let (says, why, severity) = match change {
            TypeChange::Rewrite(why) => ("writes", why, Severity::Error),
            TypeChange::Unknown => ("may write", format!("not every type can become {kind} in place"), Severity::Warning),
            TypeChange::Nothing | TypeChange::Rescan(_) => continue,
        };
        let unsure = match context.schema.column(&action.table, column) {
            None if kind.base.starts_with("timestamp") && !context.schema.utc => {
                Some("the column's type now, and the session's time zone: in UTC, either timestamp becomes the other in place")
            }
            None => Some("the column's type now: with `--on` it would be known"),
            Some(before) if before.kind.base.starts_with("timestamp") && kind.base.starts_with("timestamp") => {
                Some("the session's time zone: where that is UTC, nothing is written anew")
            }
            Some(_) => None,
        };
        found
            .say(Consequence::Rewrite, format!("changing {column} to {kind} {says} all of {} anew", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why(why)
            .instead(instead(action.written, column, &kind.to_string()))
            .unsure(unsure)
            .severity(severity);
    }
}

fn instead(table: &Name, column: &str, kind: &str) -> String {
    format!(
        "ALTER TABLE {table} ADD COLUMN {column}_new {kind};\n\
         -- a trigger that sets {column}_new from {column}, a backfill in batches, the code reads {column}_new, then:\n\
         ALTER TABLE {table} DROP COLUMN {column};"
    )
}
