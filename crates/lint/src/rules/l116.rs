//! L116: DETACH PARTITION without CONCURRENTLY, or a partition dropped while attached.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::{Fix, apart};
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L116",
    name: "detach-partition-blocks",
    group: Group::Lock,
    severity: Severity::Warning,
    sources: &["F04", "F06"],
    page: include_str!("l116.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::Detach { partition, concurrently: false, finalize: false } = action.action else { continue };
        let can = context.schema.default_partition(&action.table).is_none() && context.parts.len() == 1;
        // It leaves a CHECK that says what the bound said: the manual, ALTER TABLE, DETACH PARTITION.
        let fix = can.then(|| Fix {
            changes_schema: true,
            ..apart(context.span, &format!("{} CONCURRENTLY", context.text))
        });
        found
            .say(Consequence::Lock, format!("detaching locks {} against everything, SELECT too", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("it needs ACCESS EXCLUSIVE on the partitioned table; queries queue behind it while it waits")
            .instead(format!("ALTER TABLE {} DETACH PARTITION {partition} CONCURRENTLY;", action.written))
            .fix(fix);
    }
    let Operation::DropRelation { names, .. } = context.operation else { return };
    for name in names {
        let parents = context.schema.relation(name).map(|relation| relation.parents.clone()).unwrap_or_default();
        for parent in parents.iter().filter(|parent| !context.schema.is_created(parent)) {
            if context.effects.lock_on(parent).is_some() {
                found
                    .say(Consequence::Lock, format!("dropping a partition locks {parent} against everything, SELECT too"))
                    .locking(context.effects, parent)
                    .why("it needs ACCESS EXCLUSIVE on the partitioned table")
                    .instead(format!("ALTER TABLE {parent} DETACH PARTITION {name} CONCURRENTLY;\nDROP TABLE {name};"));
            }
        }
    }
}
