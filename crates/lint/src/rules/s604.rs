//! S604: GRANT to PUBLIC, or of ALL with the right to pass it on.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "S604",
    name: "granted-to-everybody",
    group: Group::Safety,
    severity: Severity::Warning,
    sources: &["H10"],
    page: include_str!("s604.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::Grant { public, option, all, on } = context.operation else { return };
    let reads_functions = on.to_lowercase().contains("function") || on.to_lowercase().contains("type");
    if *public && !reads_functions {
        found
            .say(Consequence::Style, format!("every role, now and later, gets rights {on}"))
            .why("PUBLIC is everybody who can connect");
    } else if *option && *all {
        found
            .say(Consequence::Style, "the role can pass all of its rights on")
            .why("WITH GRANT OPTION")
            .severity(Severity::Note);
    }
}
