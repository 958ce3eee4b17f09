//! U902: A comment that allows a rule and does not count, or counts for nothing.
//! Out: reading comments (`suppression`), which makes its findings. Called through the registry.

use crate::context::{Context, Found};
use crate::rule::{Group, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    code: "U902",
    name: "suppression-without-effect",
    group: Group::Unknown,
    severity: Severity::Warning,
    sources: &["K15", "L12"],
    page: include_str!("u902.md"),
    check,
};

/// Comments are looked at once all findings are there (`suppression`).
fn check(_: &Context<'_>, _: &mut Found<'_>) {}
