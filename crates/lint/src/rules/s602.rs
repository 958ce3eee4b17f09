//! S602: Row level security switched on or off.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "S602",
    name: "row-security-changed",
    group: Group::Safety,
    severity: Severity::Warning,
    sources: &["G07"],
    page: include_str!("s602.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let message = match action.action {
            TableAction::DisableRowSecurity => format!("every row of {} is seen by all who may read it", action.table),
            TableAction::EnableRowSecurity => {
                let policy = context.flow.operations.iter().any(|operation| {
                    matches!(operation, Operation::OnTable { what: groundline_sql::operation::OnTable::Policy, table }
                        if context.schema.resolve(table) == action.table)
                });
                if policy {
                    continue;
                }
                format!("without a policy, no row of {} is seen by anybody but its owner", action.table)
            }
            _ => continue,
        };
        found
            .say(Consequence::Break, message)
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("it counts from the moment of the statement");
    }
}
