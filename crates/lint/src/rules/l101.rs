//! L101: CREATE INDEX without CONCURRENTLY on a table that is in use.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::apart;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L101",
    name: "create-index-blocks-writes",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["D01", "D02", "D16"],
    page: include_str!("l101.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::CreateIndex(index) = context.operation else { return };
    if index.concurrently || context.schema.is_created(&index.table) {
        return;
    }
    let table = context.schema.resolve(&index.table);
    let partitioned = context.schema.relations.get(&table).is_some_and(|relation| relation.partition_key.is_some());
    if partitioned && index.only {
        return;
    }
    let instead = match partitioned {
        true => partition_by_partition(context, &table),
        false => context.concurrently_after("index").map(|sql| format!("{sql};")),
    };
    let fix = instead.as_ref().filter(|_| !partitioned).map(|sql| apart(context.span, sql));
    found
        .say(Consequence::Scan, format!("no row of {table} can be written while the index is built"))
        .locking(context.effects, &table)
        .why("it holds SHARE while it reads the whole table")
        .instead(instead.unwrap_or_default())
        .fix(fix);
}

fn partition_by_partition(context: &Context<'_>, table: &groundline_sql::operation::Name) -> Option<String> {
    let on = context.text.to_lowercase().find(" on ")? + 4;
    let mut sql = format!("{}ONLY {};\n", &context.text[..on], &context.text[on..]);
    let keys = context.text[on..].find('(').map(|at| &context.text[on + at..]).unwrap_or_default();
    for child in context.schema.children(table) {
        sql.push_str(&format!("CREATE INDEX CONCURRENTLY ON {child} {keys}; -- then ALTER INDEX … ATTACH PARTITION\n"));
    }
    Some(sql)
}
