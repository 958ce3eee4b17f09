//! B303: ADD COLUMN NOT NULL without a default.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{ConstraintKind, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "B303",
    name: "add-required-column",
    group: Group::Breaking,
    severity: Severity::Error,
    sources: &["A03", "A23"],
    page: include_str!("b303.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddColumn { column, .. } = action.action else { continue };
        let primary = column.constraints.iter().any(|each| matches!(each.kind, ConstraintKind::Primary { .. }));
        let domain = context.schema.domain(&column.kind).is_some_and(|domain| domain.constrained);
        let has_value = column.default.is_some() || column.generated.is_some() || column.kind.is_serial();
        if (!column.not_null && !primary) || has_value || domain {
            continue;
        }
        let (table, name, kind) = (action.written, &column.name, &column.kind);
        found
            .say(Consequence::Break, format!("adding {name} fails if {} has a row", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why("rows that are there have no value for it, and neither have inserts of code that does not know it")
            .instead(format!("ALTER TABLE {table} ADD COLUMN {name} {kind} NOT NULL DEFAULT …;"));
    }
}
