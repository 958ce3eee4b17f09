//! P803: Names that are not as a team has them.
//! Out: what a team asks for (`policy`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Constraint, Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "P803",
    name: "naming",
    group: Group::Policy,
    severity: Severity::Warning,
    sources: &["M"],
    page: include_str!("p803.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let names = &context.policies.names;
    for (what, name) in made(context) {
        let pattern = match what {
            "table" => &names.table,
            "column" => &names.column,
            "index" => &names.index,
            _ => &names.constraint,
        };
        if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.is_match(&name)) {
            let shown = pattern.as_str().trim_start_matches("^(?:").trim_end_matches(")$");
            found
                .say(Consequence::Style, format!("the {what} {name} is not named as {shown}"))
                .why("[policy.names] says how names look");
        }
    }
}

/// What a statement names anew: what it is, and its name.
fn made(context: &Context<'_>) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let constraint = |constraint: &Constraint| constraint.name.clone().map(|name| ("constraint", name));
    match context.operation {
        Operation::CreateTable(table) if !table.temporary => {
            all.push(("table", table.name.name.clone()));
            all.extend(table.columns.iter().map(|column| ("column", column.name.clone())));
            all.extend(table.all_constraints().filter_map(constraint));
        }
        Operation::CreateIndex(index) => all.extend(index.name.clone().map(|name| ("index", name))),
        Operation::AlterTable { actions, .. } => {
            for (_, action) in actions {
                match action {
                    TableAction::AddColumn { column, .. } => {
                        all.push(("column", column.name.clone()));
                        all.extend(column.constraints.iter().filter_map(constraint));
                    }
                    TableAction::AddConstraint(added) => all.extend(constraint(added)),
                    TableAction::RenameColumn { to, .. } => all.push(("column", to.clone())),
                    TableAction::RenameTable { to } => all.push(("table", to.clone())),
                    TableAction::RenameConstraint { to, .. } => all.push(("constraint", to.clone())),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    all
}
