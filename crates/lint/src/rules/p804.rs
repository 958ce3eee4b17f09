//! P804: Extensions that a team does not have.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "P804",
    name: "extension-not-allowed",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p804.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let (Some(allowed), Operation::CreateExtension { name, .. }) = (&context.policies.extensions, context.operation) else {
        return;
    };
    if !allowed.contains(name) {
        found
            .say(Consequence::Style, format!("the extension {name} is not one of the team's"))
            .why(format!("[policy] extensions are {}", allowed.join(", ")));
    }
}
