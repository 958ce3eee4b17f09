//! U901: What no text shows: DO blocks, dynamic SQL, what could not be read.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "U901",
    name: "not-judged",
    group: Group::Unknown,
    severity: Severity::Note,
    sources: &["G12", "L08"],
    page: include_str!("u901.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let message = match context.operation {
        Operation::Do => "a DO block is not judged by its text",
        Operation::Unread => "this statement could not be read, so it was not judged",
        _ => return,
    };
    found
        .say(Consequence::Style, message)
        .why("what it does is seen only when it runs")
        .instead("groundline trace shows its locks, rewrites and scans");
}
