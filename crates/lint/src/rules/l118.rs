//! L118: VACUUM FULL and CLUSTER.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L118",
    name: "vacuum-full-or-cluster",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["E04"],
    page: include_str!("l118.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let word = match context.operation {
        Operation::Vacuum { full: true, .. } => "VACUUM FULL",
        Operation::Cluster { .. } => "CLUSTER",
        _ => return,
    };
    let why = "the table and its indexes are written anew under ACCESS EXCLUSIVE";
    if context.effects.rewrites.is_empty() {
        let all = matches!(context.operation, Operation::Vacuum { tables, .. } if tables.is_empty());
        let clustered = matches!(context.operation, Operation::Cluster { table: None });
        if all || clustered {
            found
                .say(Consequence::Rewrite, format!("{word} of all tables, one after the other"))
                .lock(groundline_core::LockMode::AccessExclusive)
                .why(why);
        }
    }
    for table in &context.effects.rewrites {
        found
            .say(Consequence::Rewrite, format!("{word} writes all of {table} anew while nobody else can use it"))
            .locking(context.effects, table)
            .why(why)
            .instead(format!("VACUUM {table}; -- or pg_repack"));
    }
}
