//! L115: CREATE TABLE PARTITION OF.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L115",
    name: "create-partition-locks-parent",
    group: Group::Lock,
    severity: Severity::Warning,
    sources: &["F03"],
    page: include_str!("l115.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::CreateTable(table) = context.operation else { return };
    let Some(parent) = &table.partition_of else { return };
    if context.schema.is_created(parent) {
        return;
    }
    let full = context.schema.resolve(parent);
    let scans = !context.effects.scans.is_empty();
    let effect = if scans { Consequence::Scan } else { Consequence::Lock };
    found
        .say(effect, format!("making a partition locks {full} against everything, SELECT too"))
        .locking(context.effects, &full)
        .why(match scans {
            true => "it needs ACCESS EXCLUSIVE on the parent, and reads the DEFAULT partition under it",
            false => "it needs ACCESS EXCLUSIVE on the parent; queries queue behind it while it waits",
        })
        .instead(format!(
            "CREATE TABLE {} (LIKE {parent} INCLUDING ALL);\nALTER TABLE {parent} ATTACH PARTITION {} …;",
            table.name, table.name
        ));
}
