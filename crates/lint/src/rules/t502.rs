//! T502: CREATE INDEX CONCURRENTLY IF NOT EXISTS.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "T502",
    name: "if-not-exists-hides-invalid-index",
    group: Group::Transaction,
    severity: Severity::Warning,
    sources: &["D05", "D06"],
    page: include_str!("t502.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let Operation::CreateIndex(index) = context.operation else { return };
    if !(index.concurrently && index.if_not_exists) {
        return;
    }
    let Some(name) = &index.name else { return };
    found
        .say(Consequence::Break, format!("if an INVALID {name} is there, this does nothing and says that it did"))
        .on(&context.schema.resolve(&index.table))
        .why("a build that failed leaves an index with that name, which is never used")
        .instead(format!("DROP INDEX CONCURRENTLY IF EXISTS {name};\n{};", without_condition(context.text)))
        .fix(fix::without_condition(context));
}

fn without_condition(text: &str) -> String {
    let folded = text.to_lowercase();
    match folded.find("if not exists") {
        Some(at) => format!("{}{}", &text[..at], text[at + "if not exists".len()..].trim_start()),
        None => text.to_owned(),
    }
}
