//! S603: SECURITY DEFINER without SET search_path.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "S603",
    name: "security-definer-without-search-path",
    group: Group::Safety,
    severity: Severity::Warning,
    sources: &["G11"],
    page: include_str!("s603.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::CreateFunction { name, security_definer: true, search_path: false, .. } = context.operation else { return };
    found
        .say(Consequence::Style, format!("{name} runs with its owner's rights and its caller's search_path"))
        .why("whoever calls it can have it run what they made, with the owner's rights")
        .instead(format!("ALTER FUNCTION {name} SET search_path = pg_catalog, pg_temp;"));
}
