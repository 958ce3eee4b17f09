//! T505: Rows are changed, or tables read in full, while a lock that stops readers is held.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::cut;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Name, Operation};

pub(super) const RULE: Rule = Rule {
    code: "T505",
    name: "rows-changed-under-a-lock",
    group: Group::Transaction,
    severity: Severity::Error,
    sources: &["I02", "K05"],
    page: include_str!("t505.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    // Of what the transaction dropped, code that waits gets an error anyway.
    let stays = |name: &Name| !context.dropped_before(name);
    let Some((held, mode)) = context.held.iter().filter(|(name, _)| stays(name)).max_by_key(|(_, mode)| *mode) else {
        return;
    };
    let (word, table) = match context.operation {
        Operation::Update { table, .. } => ("UPDATE", Some(table)),
        Operation::Delete { table, .. } => ("DELETE", Some(table)),
        Operation::Insert { table, from, .. } if !from.is_empty() => ("INSERT … SELECT", Some(table)),
        Operation::CreateTableAs { from, .. } if !from.is_empty() => ("CREATE TABLE AS", None),
        _ => return,
    };
    if table.is_some_and(is_catalog) {
        return;
    }
    let filtered = matches!(
        context.operation,
        Operation::Update { filtered: true, .. } | Operation::Delete { filtered: true, .. }
    );
    let reads_others = match context.operation {
        Operation::Insert { from, .. } => from.iter().any(|name| !context.schema.is_created(name)),
        _ => false,
    };
    let holds = |table| context.held.iter().any(|(name, _)| *name == context.schema.resolve(table));
    // What nobody else sees yet is small, and nobody waits for it.
    if table.is_some_and(|table| context.schema.is_created(table) && !holds(table)) && !reads_others {
        return;
    }
    found
        .say(Consequence::Lock, format!("nobody {} {held} while this {word} runs", if mode.blocks_reads() { "reads" } else { "writes" }))
        .on(held)
        .lock(*mode)
        .why(format!("an earlier statement of the transaction took {mode}, which is held until it ends"))
        .instead("-- in a revision of its own, in batches with a COMMIT after each")
        .fix(cut())
        .severity(if filtered || !mode.blocks_reads() { Severity::Warning } else { Severity::Error });
}

/// PostgreSQL's own tables, whose rows are few.
fn is_catalog(table: &Name) -> bool {
    table.schema.as_deref().map_or(table.name.starts_with("pg_"), |schema| schema == "pg_catalog")
}
