//! L108: A CHECK or NOT NULL constraint that is checked at once.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::validated;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::ConstraintKind;

pub(super) const RULE: Rule = Rule {
    code: "L108",
    name: "add-check-scans",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["C01", "A10"],
    page: include_str!("l108.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        for constraint in action.added_constraints() {
            let is_check = matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. });
            if !is_check || constraint.not_valid || constraint.not_enforced {
                continue;
            }
            if !action.effects.scans.contains(&action.table) && !action.effects.rewrites.contains(&action.table) {
                continue;
            }
            let name = constraint.name.clone().unwrap_or_else(|| format!("{}_check", action.written.name));
            let table = action.written;
            let instead = match &constraint.kind {
                ConstraintKind::Check { expression } => format!("CHECK ({expression})"),
                ConstraintKind::NotNull { column } => format!("NOT NULL {column}"),
                _ => continue,
            };
            found
                .say(Consequence::Scan, format!("the new constraint reads all of {} while nobody else can", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("each row is checked under ACCESS EXCLUSIVE")
                .instead(format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {name} {instead} NOT VALID;\n\
                     -- in its own transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {name};"
                ))
                .fix(validated(context, &action, constraint));
        }
    }
}
