//! L117: A table or index that gets other files.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L117",
    name: "storage-rewrites",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["E05", "E06", "E07", "A20", "D15"],
    page: include_str!("l117.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let storage = matches!(
            action.action,
            TableAction::SetLogged
                | TableAction::SetUnlogged
                | TableAction::SetTablespace { .. }
                | TableAction::SetAccessMethod { .. }
                | TableAction::SetExpression { .. }
        );
        if storage && !action.effects.rewrites.is_empty() {
            found
                .say(Consequence::Rewrite, format!("all of {} is written anew while nobody else can use it", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("the table gets other files, under ACCESS EXCLUSIVE");
        }
    }
    let moves_index = matches!(context.operation, Operation::AlterIndex { tablespace: true, .. });
    if moves_index || *context.operation == Operation::AllInTablespace {
        found
            .say(Consequence::Rewrite, "what is moved to another tablespace is copied while nobody else can use it")
            .lock(groundline_core::LockMode::AccessExclusive)
            .why("it holds ACCESS EXCLUSIVE while the files are copied");
    }
}
