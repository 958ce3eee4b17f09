//! D202: DROP COLUMN.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::TableAction;

pub(super) const RULE: Rule = Rule {
    code: "D202",
    name: "drop-column",
    group: Group::Destructive,
    severity: Severity::Error,
    sources: &["A13", "A14", "A24"],
    page: include_str!("d202.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::DropColumn { column, cascade } = action.action else { continue };
        let relation = context.schema.relation(&action.table);
        if context.schema.known && relation.is_some_and(|relation| !relation.columns.contains_key(column)) {
            continue;
        }
        let returns = context.column_returns(&action.table, column);
        let mut why = match returns {
            true => "another column gets its name: what that was not given is gone, and only a restore brings it back",
            false => "only a restore brings them back; code that names the column fails at once",
        }
        .to_owned();
        let indexes = relation.into_iter().flat_map(|relation| &relation.indexes);
        let with: Vec<_> = indexes
            .filter(|(_, index)| index.keys.iter().any(|key| key == column))
            .map(|(name, _)| name.as_str())
            .collect();
        if !with.is_empty() {
            why.push_str(&format!("; with it goes {}", with.join(", ")));
        }
        if *cascade {
            why.push_str("; CASCADE drops whatever depends on it, without saying what");
        }
        found
            .say(Consequence::Break, format!("the values of {}.{column} are gone", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why(why)
            .instead(format!("ALTER TABLE {} ALTER COLUMN {column} DROP NOT NULL; -- first; drop it a release later", action.written));
    }
}
