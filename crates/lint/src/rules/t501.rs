//! T501: A statement that PostgreSQL refuses in a transaction, in one.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::apart;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "T501",
    name: "concurrently-in-a-transaction",
    group: Group::Transaction,
    severity: Severity::Error,
    sources: &["D04", "F05", "K08"],
    page: include_str!("t501.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    if let Some(what) = &context.flow.outside[context.index] {
        let inside = context.flow.transactions[context.index].is_some();
        if inside || context.flow.wrapped {
            found
                .say(Consequence::Break, format!("{what} fails here: it cannot run in a transaction"))
                .why(match inside {
                    true => "the script's own BEGIN is open",
                    false => "its tool wraps this file in a transaction",
                })
                .instead(format!("-- in a file of its own, outside a transaction:\n{};", context.text))
                .fix(apart(context.span, context.text));
        }
    }
    for action in context.actions() {
        let TableAction::Detach { concurrently: true, .. } = action.action else { continue };
        if context.schema.default_partition(&action.table).is_some() {
            found
                .say(Consequence::Break, format!("DETACH PARTITION CONCURRENTLY fails: {} has a DEFAULT partition", action.table))
                .on(&action.table)
                .why("PostgreSQL refuses it while there is one");
        }
    }
}
