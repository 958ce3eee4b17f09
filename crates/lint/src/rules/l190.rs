//! L190: What a DO block, a function or dynamic SQL was seen doing.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::rule::{Group, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    code: "L190",
    name: "seen-only-when-run",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["G12"],
    page: include_str!("l190.md"),
    check,
};

/// The trace makes its findings (`observed`); no text does.
fn check(_: &Context<'_>, _: &mut Found<'_>) {}
