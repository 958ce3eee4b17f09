//! L102: DROP INDEX without CONCURRENTLY.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::each_apart;
use crate::rule::{Group, Rule, Severity};
use groundline_core::LockMode;
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L102",
    name: "drop-index-blocks-table",
    group: Group::Lock,
    severity: Severity::Warning,
    sources: &["D03"],
    page: include_str!("l102.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::DropIndex { names, concurrently: false, .. } = context.operation else { return };
    // A statement is fixed once, for all of its indexes.
    let mut fix = each_apart(context, names.len());
    for name in names {
        let table = context.schema.index(name).map(|(table, _)| table.clone());
        let relation = table.as_ref().and_then(|table| context.schema.relations.get(table));
        if relation.is_some_and(|relation| relation.created || relation.partition_key.is_some()) {
            continue;
        }
        if table.is_none() && context.schema.known {
            continue;
        }
        let said = found
            .say(Consequence::Lock, format!("DROP INDEX {name} locks its table against everything, SELECT too"))
            .lock(LockMode::AccessExclusive)
            .why("it needs ACCESS EXCLUSIVE on the table; queries queue behind it while it waits")
            .instead(format!("DROP INDEX CONCURRENTLY {name};"))
            .fix(fix.take());
        if let Some(table) = table {
            let _ = said.on(&table);
        }
    }
}
