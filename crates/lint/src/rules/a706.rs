//! A706: Types that are regretted later.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "A706",
    name: "type-advice",
    group: Group::Advice,
    severity: Severity::Note,
    sources: &["M", "B08", "H03"],
    page: include_str!("a706.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let columns: Vec<_> = match context.operation {
        Operation::CreateTable(table) => table.columns.iter().collect(),
        Operation::AlterTable { actions, .. } => actions
            .iter()
            .filter_map(|(_, action)| match action {
                TableAction::AddColumn { column, .. } => Some(column.as_ref()),
                _ => None,
            })
            .collect(),
        Operation::CreateEnum { name } => {
            let message = format!("values of {name} can be added, never taken out");
            found.say(Consequence::Style, message).why("an enum is a closed list: a table of values is not");
            return;
        }
        _ => return,
    };
    for column in columns {
        let primary = column
            .constraints
            .iter()
            .any(|each| matches!(each.kind, groundline_sql::operation::ConstraintKind::Primary { .. }));
        let advice = match column.kind.base.as_str() {
            "character" => "char(n) pads with spaces: text",
            "money" => "money depends on lc_monetary: numeric",
            "time with time zone" => "timetz has an offset without a day: timestamptz",
            "timestamp without time zone" => "timestamp forgets its zone: timestamptz",
            "serial" | "smallserial" | "serial4" | "serial2" => "it ends at 2,147,483,647: bigint, as identity",
            "integer" | "smallint" if primary => "the key ends at 2,147,483,647: bigint",
            _ => continue,
        };
        found.say(Consequence::Style, format!("{}: {advice}", column.name)).why("a change later writes the table anew");
    }
}
