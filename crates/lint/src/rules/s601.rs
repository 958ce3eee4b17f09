//! S601: DISABLE TRIGGER that nothing enables again.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "S601",
    name: "triggers-disabled",
    group: Group::Safety,
    severity: Severity::Warning,
    sources: &["G06"],
    page: include_str!("s601.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        if *action.action != TableAction::DisableTrigger {
            continue;
        }
        let later = context.later();
        let enabled = later.iter().any(|operation| {
            matches!(operation, groundline_sql::operation::Operation::AlterTable { table, actions, .. }
                if table == action.written && actions.iter().any(|(_, other)| *other == TableAction::EnableTrigger))
        });
        if !enabled {
            found
                .say(Consequence::Break, format!("triggers of {} stay off", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("rows that are written from now on are not checked, and nothing shows it later")
                .instead(format!("ALTER TABLE {} ENABLE TRIGGER …; -- in the same transaction", action.written));
        }
    }
}
