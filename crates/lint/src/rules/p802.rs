//! P802: A revision without a down.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    code: "P802",
    name: "required-down",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p802.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    if context.index == 0 && context.policies.required_down && context.has_down == Some(false) {
        found
            .say(Consequence::Style, "the revision has no down")
            .why("the way back is a restore, then")
            .instead("-- groundline: irreversible because …");
    }
}
