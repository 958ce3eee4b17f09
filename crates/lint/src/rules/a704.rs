//! A704: A foreign key without an index, of another type, or that cascades.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{ConstraintKind, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "A704",
    name: "foreign-key-without-index",
    group: Group::Advice,
    severity: Severity::Note,
    sources: &["C12", "C13", "C14"],
    page: include_str!("a704.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddConstraint(constraint) = action.action else { continue };
        let ConstraintKind::Foreign { columns, cascades, .. } = &constraint.kind else { continue };
        let relation = context.schema.relation(&action.table);
        let indexed = relation.is_some_and(|relation| {
            relation.indexes.values().any(|index| index.predicate.is_none() && index.keys.starts_with(columns))
        });
        let known = context.schema.known;
        if relation.is_some() && !indexed && !context.index_follows(&action.table, columns) {
            let is = if known { "begins" } else { "is known to begin" };
            found
                .say(Consequence::Style, format!("no index of {} {is} with {}", action.table, columns.join(", ")))
                .at(action.span)
                .on(&action.table)
                .why("each DELETE of a parent reads the whole table")
                .unsure((!known).then_some("which indexes there are: with `--on` it would be known"))
                .instead(format!("CREATE INDEX CONCURRENTLY ON {} ({});", action.written, columns.join(", ")));
        }
        if *cascades {
            found
                .say(Consequence::Style, "a DELETE of a parent deletes rows that no statement names")
                .at(action.span)
                .on(&action.table)
                .why("ON DELETE CASCADE");
        }
    }
}
