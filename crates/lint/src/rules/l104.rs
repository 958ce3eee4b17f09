//! L104: ADD COLUMN that writes all rows anew.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Action, Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Column, Name, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L104",
    name: "add-column-rewrites",
    group: Group::Lock,
    severity: Severity::Error,
    sources: &["A02", "A04", "A05", "A06", "A11"],
    page: include_str!("l104.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        let TableAction::AddColumn { column, .. } = action.action else { continue };
        let Some(why) = crate::effect::why_rewrites(context.schema, column) else {
            maybe(context, &action, column, found);
            continue;
        };
        if !action.effects.rewrites.contains(&action.table) && !context.schema.children(&action.table).is_empty() {
            continue;
        }
        found
            .say(Consequence::Rewrite, format!("adding {} writes all of {} anew", column.name, action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why(why)
            .instead(instead(action.written, column));
    }
}

/// Its default calls a function of which nothing is known.
fn maybe(context: &Context<'_>, action: &Action<'_>, column: &Column, found: &mut Found<'_>) {
    let default = column.default.as_ref().filter(|_| column.generated.is_none());
    let Some(function) = default.and_then(|default| crate::functions::unknown(default, context.schema)) else { return };
    let unsure = format!("whether {function}() is volatile: with `--on` it would be known");
    found
        .say(Consequence::Rewrite, format!("adding {} may write all of {} anew", column.name, action.table))
        .at(action.span)
        .locking(action.effects, &action.table)
        .why("a volatile default must be computed for each row")
        .instead(instead(action.written, column))
        .unsure(Some(&unsure))
        .severity(Severity::Warning);
}

fn instead(table: &Name, column: &Column) -> String {
    let name = &column.name;
    if column.generated == Some(groundline_sql::operation::Generated::Stored) {
        return format!(
            "ALTER TABLE {table} ADD COLUMN {name} {}; -- then a trigger that fills it, and a backfill in batches",
            column.kind
        );
    }
    let (kind, default) = match (&column.default, column.kind.is_serial() || column.generated.is_some()) {
        (_, true) => {
            let kind = column.kind.to_string().replace("serial", "int");
            (kind, format!("nextval('{}_{name}_seq')", table.name))
        }
        (Some(default), false) => (column.kind.to_string(), default.text.clone()),
        (None, false) => return format!("ALTER TABLE {table} ADD COLUMN {name} <its base type>; -- and the rule as a CHECK, NOT VALID"),
    };
    format!(
        "ALTER TABLE {table} ADD COLUMN {name} {kind};\n\
         ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};\n\
         -- in batches, each in its own transaction:\n\
         UPDATE {table} SET {name} = {default} WHERE {name} IS NULL AND <key> BETWEEN … AND …;"
    )
}
