//! L110: UNIQUE or PRIMARY KEY that builds its index under the lock.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::built_apart;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::ConstraintKind;

pub(super) const RULE: Rule = Rule {
    code: "L110",
    name: "add-unique-builds-index",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["C04", "A07"],
    page: include_str!("l110.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        for constraint in action.added_constraints() {
            let (words, suffix, columns) = match &constraint.kind {
                ConstraintKind::Unique { columns, index: None } => ("UNIQUE", "key", columns),
                ConstraintKind::Primary { columns, index: None } => ("PRIMARY KEY", "pkey", columns),
                _ => continue,
            };
            let (table, columns) = (action.written, columns.join(", "));
            let name = constraint.name.clone().unwrap_or_else(|| format!("{}_{suffix}", table.name));
            found
                .say(Consequence::Scan, format!("nobody reads or writes {} while the index of {words} is built", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("the index is built under ACCESS EXCLUSIVE")
                .instead(format!(
                    "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns}); -- outside a transaction\n\
                     ALTER TABLE {table} ADD CONSTRAINT {name} {words} USING INDEX {name};"
                ))
                .fix(built_apart(context, &action, constraint));
        }
    }
}
