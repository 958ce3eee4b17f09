//! D203: TRUNCATE.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "D203",
    name: "truncate",
    group: Group::Destructive,
    severity: Severity::Error,
    sources: &["E03"],
    page: include_str!("d203.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::Truncate { tables, cascade } = context.operation else { return };
    let emptied: Vec<_> = context.effects.rewrites.iter().map(ToString::to_string).collect();
    let named = tables.iter().map(|table| context.schema.resolve(table)).find(|table| context.effects.rewrites.contains(table));
    let Some(table) = named.as_ref().or(context.effects.rewrites.first()) else { return };
    let message = match (*cascade, emptied.as_slice()) {
        (true, [_, _, ..]) => format!("all rows of {} are gone", emptied.join(", ")),
        _ => format!("all rows of {table} are gone"),
    };
    found
        .say(Consequence::Break, message)
        .locking(context.effects, table)
        .why("only a restore brings them back, and nobody reads meanwhile")
        .instead(format!("DELETE FROM {table} WHERE <key> IN (SELECT <key> FROM {table} WHERE … LIMIT 1000); -- repeated"));
}
