//! A703: CREATE … IF NOT EXISTS over something that is there.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "A703",
    name: "if-not-exists-hides-a-difference",
    group: Group::Advice,
    severity: Severity::Warning,
    sources: &["E14"],
    page: include_str!("a703.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let (name, columns) = match context.operation {
        Operation::CreateTable(table) if table.if_not_exists => (&table.name, Some(&table.columns)),
        Operation::CreateTableAs { name, if_not_exists: true, .. } => (name, None),
        _ => return,
    };
    let Some(relation) = context.schema.relation(name) else { return };
    let same = columns.is_some_and(|columns| {
        columns.len() == relation.columns.len()
            && columns.iter().all(|column| relation.columns.get(&column.name).is_some_and(|of| of.kind == column.kind))
    });
    if !same {
        found
            .say(Consequence::Style, format!("{name} is there already, with other columns, and stays as it is"))
            .on(&context.schema.resolve(name))
            .why("IF NOT EXISTS looks at the name only");
    }
}
