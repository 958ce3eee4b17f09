//! T507: Locks that stop readers on several tables in one transaction.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_core::LockMode;

pub(super) const RULE: Rule = Rule {
    code: "T507",
    name: "several-locks-in-a-transaction",
    group: Group::Transaction,
    severity: Severity::Note,
    sources: &["K06", "C11"],
    page: include_str!("t507.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Some((first, _)) = context.held.iter().find(|(_, mode)| mode.blocks_reads()) else { return };
    let second = context.effects.locks.iter().find(|(name, mode)| {
        **mode >= LockMode::ShareRowExclusive && !context.held.iter().any(|(held, _)| held == *name) && !context.schema.children(first).contains(name)
    });
    if let Some((name, mode)) = second {
        found
            .say(Consequence::Lock, format!("{name} is locked while {first} is"))
            .on(name)
            .lock(*mode)
            .why("a transaction that uses both in the other order deadlocks with this one");
    }
}
