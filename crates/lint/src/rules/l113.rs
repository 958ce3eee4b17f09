//! L113: A domain whose rule is checked in every table that uses it.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{DomainAction, Operation};

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
    let Operation::AlterDomain { name, action } = context.operation else { return };
    let checks = !matches!(action, DomainAction::AddConstraint { not_valid: true, .. } | DomainAction::Other);
    let is_new = context.schema.domains.contains_key(&context.schema.resolve_type(name));
    if checks && !context.schema.known && !is_new {
        found
            .say(Consequence::Scan, format!("no row of a table that uses the domain {name} can be written while it is checked"))
            .why("SHARE is held on every table that uses the domain while all are read")
            .instead(format!("ALTER DOMAIN {name} ADD CONSTRAINT … CHECK (…) NOT VALID;"))
            .unsure(Some("which tables use the domain: with `--on` it would be known"))
            .severity(Severity::Warning);
        return;
    }
    for table in &context.effects.scans {
        found
            .say(Consequence::Scan, format!("no row of {table} can be written while the domain {name} is checked"))
            .locking(context.effects, table)
            .why("SHARE is held on every table that uses the domain while all are read")
            .instead(format!("ALTER DOMAIN {name} ADD CONSTRAINT … CHECK (…) NOT VALID;"));
    }
}
