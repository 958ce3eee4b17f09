//! B306: A change of type, or a drop, that a view is in the way of.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "B306",
    name: "type-in-use-elsewhere",
    group: Group::Breaking,
    severity: Severity::Error,
    sources: &["B06"],
    page: include_str!("b306.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let (column, word) = match action.action {
            TableAction::SetType { column, .. } => (column, "can't change its type"),
            TableAction::DropColumn { column, cascade: false } => (column, "can't be dropped"),
            _ => continue,
        };
        let views = context.schema.views_on(&action.table, Some(column));
        if let Some(view) = views.first() {
            found
                .say(Consequence::Break, format!("{}.{column} {word}: {view} reads it", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("PostgreSQL refuses it while a view depends on the column")
                .instead(format!("DROP VIEW {view}; -- then the change, then CREATE VIEW with its grants and options"));
        }
    }
    let Operation::DropRelation { names, cascade: false, .. } = context.operation else { return };
    for name in names {
        let full = context.schema.resolve(name);
        let views = context.schema.views_on(&full, None);
        if let Some(view) = views.iter().find(|view| !names.iter().any(|other| context.schema.resolve(other) == **view)) {
            found
                .say(Consequence::Break, format!("{full} can't be dropped: {view} reads it"))
                .on(&full)
                .why("PostgreSQL refuses it while a view depends on it");
        }
    }
}
