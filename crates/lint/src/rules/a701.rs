//! A701: A column of the type json.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::retyped;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "A701",
    name: "json-column",
    group: Group::Advice,
    severity: Severity::Warning,
    sources: &["A12"],
    page: include_str!("a701.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddColumn { column, .. } = action.action else { continue };
        if column.kind.base == "json" {
            found
                .say(Consequence::Style, format!("{} has no equality: SELECT DISTINCT over it fails", column.name))
                .at(action.span)
                .on(&action.table)
                .why("the type json keeps text; jsonb compares")
                .instead(format!("ALTER TABLE {} ADD COLUMN {} jsonb;", action.written, column.name))
                .fix(retyped(column.kind_at, "jsonb"));
        }
    }
}
