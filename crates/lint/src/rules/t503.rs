//! T503: BEGIN or COMMIT in a file that its tool wraps.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::unwrapped;
use crate::rule::{Group, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    code: "T503",
    name: "own-transaction-in-a-wrapped-file",
    group: Group::Transaction,
    severity: Severity::Error,
    sources: &["K07"],
    page: include_str!("t503.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let first = context.text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let ends = ["begin", "commit", "end", "rollback", "abort"].contains(&first.as_str());
    if context.flow.wrapped && context.flow.own_transactions && ends && context.text.split_whitespace().count() <= 2 {
        found
            .say(Consequence::Break, format!("{} in a file that its tool wraps in a transaction", first.to_uppercase()))
            .why("what follows runs outside of the tool's transaction")
            .severity(Severity::Warning)
            .fix(unwrapped());
    }
}
