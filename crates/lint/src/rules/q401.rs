//! Q401: UPDATE or DELETE of all rows.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "Q401",
    name: "rows-without-where",
    group: Group::Rows,
    severity: Severity::Error,
    sources: &["I01", "I03"],
    page: include_str!("q401.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let (word, table) = match context.operation {
        Operation::Update { table, filtered: false } => ("UPDATE", table),
        Operation::Delete { table, filtered: false } => ("DELETE", table),
        _ => return,
    };
    if context.schema.is_created(table) {
        return;
    }
    let full = context.schema.resolve(table);
    let deletes = word == "DELETE";
    found
        .say(if deletes { Consequence::Break } else { Consequence::Lock }, format!("{word} of every row of {full}"))
        .locking(context.effects, &full)
        .why("each row is locked until the end, written anew, and sent to every replica, in one transaction")
        .instead(format!("{} WHERE <key> BETWEEN … AND …; -- in batches, each in its own transaction", context.text));
}
