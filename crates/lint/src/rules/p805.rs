//! P805: Schemas that are not a team's own.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "P805",
    name: "schema-not-allowed",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p805.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Some(allowed) = &context.policies.schemas else { return };
    let made = match context.operation {
        Operation::CreateTable(table) if !table.temporary => context.schema.resolve(&table.name).schema,
        Operation::CreateTableAs { name, temporary: false, .. }
        | Operation::CreateView { name, .. }
        | Operation::CreateMaterializedView { name }
        | Operation::CreateEnum { name, .. }
        | Operation::CreateType { name }
        | Operation::CreateDomain { name, .. } => context.schema.resolve(name).schema,
        Operation::CreateFunction { name, .. } => name.schema.clone(),
        Operation::CreateSchema { name } => name.clone(),
        _ => None,
    };
    if let Some(schema) = made.filter(|schema| !allowed.contains(schema)) {
        found
            .say(Consequence::Style, format!("the schema {schema} is not one of the team's"))
            .why(format!("[policy] schemas are {}", allowed.join(", ")));
    }
}
