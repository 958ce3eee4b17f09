//! S607: REPLICA IDENTITY changed.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "S607",
    name: "replication-identity",
    group: Group::Safety,
    severity: Severity::Note,
    sources: &["E09", "C19"],
    page: include_str!("s607.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        if *action.action == TableAction::ReplicaIdentity {
            found
                .say(Consequence::Break, format!("consumers of the changes of {} find rows in another way", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("logical replication and change data capture depend on it");
        }
    }
}
