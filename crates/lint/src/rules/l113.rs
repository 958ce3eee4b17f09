//! L113: A domain whose rule is checked in every table that uses it.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "L113",
    name: "domain-constraint-scans",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["H04", "H05"],
    page: include_str!("l113.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::AlterDomain { name, .. } = context.operation else { return };
    for table in &context.effects.scans {
        found
            .say(Consequence::Scan, format!("no row of {table} can be written while the domain {name} is checked"))
            .locking(context.effects, table)
            .why("SHARE is held on every table that uses the domain while all are read")
            .instead(format!("ALTER DOMAIN {name} ADD CONSTRAINT … CHECK (…) NOT VALID;"));
    }
}
