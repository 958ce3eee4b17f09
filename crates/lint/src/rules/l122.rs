//! L122: NOT VALID and VALIDATE in one transaction.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::later;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "L122",
    name: "validate-in-the-same-transaction",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["C03"],
    page: include_str!("l122.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Some(transaction) = context.flow.transactions[context.index] else { return };
    for action in context.actions() {
        let TableAction::ValidateConstraint { name } = action.action else { continue };
        let constraint = context.schema.relation(&action.table).and_then(|table| table.constraints.get(name));
        if constraint.is_some_and(|constraint| constraint.added_in == Some(transaction) && !constraint.validated) {
            found
                .say(Consequence::Scan, format!("{name} is validated under the lock that added it"))
                .at(action.span)
                .lock(groundline_core::LockMode::AccessExclusive)
                .on(&action.table)
                .why("locks are held until the transaction ends")
                .instead(format!("COMMIT;\nALTER TABLE {} VALIDATE CONSTRAINT {name};", action.written))
                .fix(later(context, &action));
        }
    }
}
