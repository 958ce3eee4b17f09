//! A702: CREATE TABLE without a primary key.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

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
    let full = context.schema.resolve(&table.name);
    let required = |name: &String| table.columns.iter().any(|column| column.name == *name && column.not_null);
    let names_rows = |(columns, primary): &(Vec<String>, bool)| *primary || columns.iter().all(required);
    let has_key = context.keys_to_come(&full).iter().any(names_rows);
    let elsewhere = table.like || table.partition_of.is_some() || !table.inherits.is_empty() || table.temporary;
    if !has_key && !elsewhere {
        found
            .say(Consequence::Style, format!("{} has no primary key", table.name))
            .why("nothing names a row of it")
            .unsure(context.opaque_follows().then_some("whether a DO block after it adds one: a trace would see it"));
    }
}
