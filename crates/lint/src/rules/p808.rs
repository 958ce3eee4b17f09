//! P808: Locks that are stronger than a team allows.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    code: "P808",
    name: "lock-above-policy",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p808.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Some(most) = context.policies.max_lock else { return };
    for (relation, mode) in context.effects.locks.iter().filter(|(_, mode)| **mode > most) {
        found
            .say(Consequence::Lock, format!("it takes {mode} on {relation}"))
            .on(relation)
            .lock(*mode)
            .why(format!("[policy] max_lock is {most}; {relation} is in use"))
            .instead("-- groundline: allow P808 because it runs in the window of …");
    }
}
