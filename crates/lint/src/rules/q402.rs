//! Q402: INSERT without a list of columns, or SELECT * in a view.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "Q402",
    name: "insert-without-columns",
    group: Group::Rows,
    severity: Severity::Note,
    sources: &["I07"],
    page: include_str!("q402.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    match context.operation {
        Operation::Insert { table, columns: false, .. } => {
            found
                .say(Consequence::Style, format!("the columns of {table} are not named"))
                .why("it depends on their order and number");
        }
        Operation::CreateView { name, star: true, .. } => {
            found
                .say(Consequence::Style, format!("{name} is made with `*`"))
                .why("it keeps the columns of today: one that is added to its tables later is not in it");
        }
        _ => {}
    }
}
