//! L120: LOCK TABLE.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L120",
    name: "explicit-lock",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["E13"],
    page: include_str!("l120.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::Lock { .. } = context.operation else { return };
    for (table, mode) in &context.effects.locks {
        if mode.blocks_writes() {
            found
                .say(Consequence::Lock, format!("LOCK TABLE stops {} on {table} until the transaction ends", mode.blocks()))
                .locking(context.effects, table)
                .why("everything that follows in the transaction runs under it");
        }
    }
}
