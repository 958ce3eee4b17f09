//! L112: An EXCLUDE constraint on a table that is in use.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{ConstraintKind, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L112",
    name: "add-exclusion-blocks",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["C06"],
    page: include_str!("l112.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddConstraint(constraint) = action.action else { continue };
        if matches!(constraint.kind, ConstraintKind::Exclude) {
            found
                .say(Consequence::Scan, format!("nobody reads or writes {} while the exclusion is built", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("its index is built under ACCESS EXCLUSIVE, and there is no way to build it concurrently");
        }
    }
}
