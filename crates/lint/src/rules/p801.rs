//! P801: What destroys or breaks, where a team expands first.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Name;

pub(super) const RULE: Rule = Rule {
    code: "P801",
    name: "additive-first",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p801.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    if !context.policies.additive_first {
        return;
    }
    let index = found.index;
    let contracts = |group: Group| matches!(group, Group::Destructive | Group::Breaking);
    let first = found.findings.iter().find(|finding| finding.statement == index && contracts(finding.group));
    let Some((code, relation)) = first.map(|finding| (finding.code, finding.relation.clone())) else { return };
    let said = found
        .say(Consequence::Break, format!("it takes away what is there ({code})"))
        .why("a release that contracts comes after the one that expanded, and is allowed by name")
        .instead("-- groundline: allow P801 because nothing has read it since release …");
    match relation {
        Some(relation) => said.on(&Name::read(&relation)),
        None => said,
    };
}
