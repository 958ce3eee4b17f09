//! L107: SET NOT NULL without a proof.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::not_null;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "L107",
    name: "set-not-null-scans",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["A16"],
    page: include_str!("l107.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::SetNotNull { column } = action.action else { continue };
        if !action.effects.scans.contains(&action.table) {
            continue;
        }
        let (table, check) = (action.written, format!("{}_{column}_not_null", action.written.name));
        let instead = match context.major.number() {
            18.. => format!(
                "ALTER TABLE {table} ADD CONSTRAINT {check} NOT NULL {column} NOT VALID;\n\
                 -- in its own transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {check};"
            ),
            _ => format!(
                "ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;\n\
                 -- in its own transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {check};\n\
                 -- and then:\nALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n\
                 ALTER TABLE {table} DROP CONSTRAINT {check};"
            ),
        };
        let unsure = (!context.schema.known).then_some("whether a valid CHECK proves it: with `--on` it would be known");
        found
            .say(Consequence::Scan, format!("SET NOT NULL reads all of {} while nobody else can", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("no valid CHECK says that the column is never NULL")
            .instead(instead)
            .fix(not_null(context, &action, column))
            .unsure(unsure);
    }
}
