//! A702: CREATE TABLE without a primary key.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{ConstraintKind, Operation};

pub(super) const RULE: Rule = Rule {
    code: "A702",
    name: "table-without-key",
    group: Group::Advice,
    severity: Severity::Note,
    sources: &["E11"],
    page: include_str!("a702.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::CreateTable(table) = context.operation else { return };
    let has_key = table.all_constraints().any(|each| matches!(each.kind, ConstraintKind::Primary { .. }));
    let elsewhere = table.like || table.partition_of.is_some() || !table.inherits.is_empty() || table.temporary;
    if !has_key && !elsewhere {
        found.say(Consequence::Style, format!("{} has no primary key", table.name)).why("nothing names a row of it");
    }
}
