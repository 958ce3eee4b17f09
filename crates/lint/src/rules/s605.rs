//! S605: A sequence restarted, or given another type.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "S605",
    name: "sequence-set-back",
    group: Group::Safety,
    severity: Severity::Warning,
    sources: &["H07"],
    page: include_str!("s605.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::RestartIdentity { column } = action.action else { continue };
        found
            .say(Consequence::Break, format!("{}.{column} may get numbers that are in use", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("inserts then fail on the key, or make duplicates where there is none");
    }
    let Operation::AlterSequence { name, restarts, retypes } = context.operation else { return };
    if *restarts {
        found
            .say(Consequence::Break, format!("{name} may give numbers that are in use"))
            .on(name)
            .why("inserts then fail on the key, or make duplicates where there is none");
    } else if *retypes && !context.text.to_lowercase().contains("bigint") {
        found
            .say(Consequence::Break, format!("{name} ends sooner than before"))
            .on(name)
            .why("inserts fail once it is at its end")
            .severity(Severity::Note);
    }
}
