//! L109: A foreign key that is checked at once.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::fix::validated;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::ConstraintKind;

pub(super) const RULE: Rule = Rule {
    code: "L109",
    name: "add-foreign-key-scans",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["C02", "A09"],
    page: include_str!("l109.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        for constraint in action.added_constraints() {
            let ConstraintKind::Foreign { columns, table: parent, .. } = &constraint.kind else { continue };
            let reads = !action.effects.scans.is_empty() || !action.effects.rewrites.is_empty();
            if constraint.not_valid || constraint.not_enforced || !reads {
                continue;
            }
            let table = action.written;
            let columns = columns.join(", ");
            let name = constraint.name.clone().unwrap_or_else(|| format!("{}_{columns}_fkey", table.name));
            found
                .say(Consequence::Scan, format!("nobody writes {} or {parent} while the foreign key is checked", action.table))
                .at(action.span)
                .locking(action.effects, &action.table)
                .why("each row is looked up under SHARE ROW EXCLUSIVE on both tables")
                .instead(format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {parent} NOT VALID;\n\
                     -- in its own transaction:\nALTER TABLE {table} VALIDATE CONSTRAINT {name};"
                ))
                .fix(validated(context, &action, constraint));
        }
    }
}
