//! P806: Types that a team does not want.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, SqlType, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "P806",
    name: "forbidden-type",
    group: Group::Policy,
    severity: Severity::Error,
    sources: &["M"],
    page: include_str!("p806.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let columns: Vec<(&str, &SqlType)> = match context.operation {
        Operation::CreateTable(table) if !table.temporary => {
            table.columns.iter().map(|column| (column.name.as_str(), &column.kind)).collect()
        }
        Operation::AlterTable { actions, .. } => actions
            .iter()
            .filter_map(|(_, action)| match action {
                TableAction::AddColumn { column, .. } => Some((column.name.as_str(), &column.kind)),
                TableAction::SetType { column, kind, .. } => Some((column.as_str(), kind)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    for (column, kind) in columns {
        let forbidden = context.policies.forbidden_types.iter().find(|one| SqlType::read(one).base == kind.base);
        if let Some(forbidden) = forbidden {
            found
                .say(Consequence::Style, format!("the column {column} is of type {forbidden}"))
                .why("[policy] forbidden_types has it");
        }
    }
}
