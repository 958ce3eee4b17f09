//! B307: Rows of a live database that stop a statement.
//! Out: asking for them (`precheck`, `pg::rows`). Called through the registry.

use crate::context::{Context, Found};
use crate::rule::{Group, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    code: "B307",
    name: "rows-in-the-way",
    group: Group::Breaking,
    severity: Severity::Error,
    sources: &["C15", "D16"],
    page: include_str!("b307.md"),
    check,
};

/// A live database is asked (`precheck`); no text tells.
fn check(_: &Context<'_>, _: &mut Found<'_>) {}
