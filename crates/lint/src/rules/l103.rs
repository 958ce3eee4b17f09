//! L103: REINDEX without CONCURRENTLY.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::apart;
use crate::rule::{Group, Rule, Severity};
use groundline_core::LockMode;
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L103",
    name: "reindex-blocks",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["D07", "D08"],
    page: include_str!("l103.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::Reindex { of, concurrently: false } = context.operation else { return };
    if let groundline_sql::operation::ReindexOf::Table(table) = of
        && context.schema.is_created(table)
    {
        return;
    }
    let word = match of {
        groundline_sql::operation::ReindexOf::Index(_) => "index",
        groundline_sql::operation::ReindexOf::Table(_) => "table",
        groundline_sql::operation::ReindexOf::Many(what) => what,
    };
    let instead = context.concurrently_after(&word.to_lowercase()).unwrap_or_default();
    let fix = (!instead.is_empty() && word != "SYSTEM").then(|| apart(context.span, &instead));
    let said = found
        .say(Consequence::Rewrite, "no row can be written while the index is built anew")
        .why("it holds SHARE on the table and ACCESS EXCLUSIVE on the index, for as long as reading the table takes")
        .instead(format!("{instead};"))
        .fix(fix)
        .lock(LockMode::Share);
    if let Some((table, _)) = context.effects.locks.iter().next() {
        let _ = said.locking(context.effects, table);
    }
}
