//! L111: PRIMARY KEY USING INDEX over columns that may be NULL.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{ConstraintKind, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L111",
    name: "primary-key-over-nullable",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["C05"],
    page: include_str!("l111.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddConstraint(constraint) = action.action else { continue };
        let ConstraintKind::Primary { index: Some(index), .. } = &constraint.kind else { continue };
        let relation = context.schema.relation(&action.table);
        if relation.is_none_or(|relation| !relation.indexes.contains_key(index)) {
            continue;
        }
        if action.effects.scans.contains(&action.table) {
            found
                .say(Consequence::Scan, format!("the primary key reads all of {} while nobody else can", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why(format!("a column of {index} may be NULL, so the key sets it NOT NULL first"));
        }
    }
}
