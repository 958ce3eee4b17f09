//! L119: REFRESH MATERIALIZED VIEW without CONCURRENTLY.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::edited;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L119",
    name: "refresh-blocks-readers",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["G02"],
    page: include_str!("l119.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::Refresh { name, concurrently: false } = context.operation else { return };
    if context.schema.is_created(name) {
        return;
    }
    let full = context.schema.resolve(name);
    let indexed = context.schema.relation(name).is_some_and(|view| {
        view.indexes.values().any(|index| index.unique && index.predicate.is_none() && index.valid)
    });
    let fix = context.concurrently_after("view").filter(|_| indexed).map(|sql| edited(context.span, sql));
    found
        .say(Consequence::Rewrite, format!("nobody reads {full} while its query runs"))
        .locking(context.effects, &full)
        .why("the view is filled anew under ACCESS EXCLUSIVE")
        .instead(format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {name}; -- it needs a unique index"))
        .fix(fix);
}
