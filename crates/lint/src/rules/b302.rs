//! B302: A table, view, schema or sequence gets another name or schema.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "B302",
    name: "rename-relation",
    group: Group::Breaking,
    severity: Severity::Error,
    sources: &["E02", "G01"],
    page: include_str!("b302.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let why = "the old and the new release run at the same time, and each knows one name";
    for action in context.actions() {
        let TableAction::RenameTable { to } = action.action else {
            if *action.action == TableAction::SetSchema {
                found
                    .say(Consequence::Break, format!("code that names {} fails from this moment on", action.table))
                    .at(action.span)
                    .locking(action.effects, &action.table)
                    .why(why);
            }
            continue;
        };
        // As this rule advises: a view, or another table, has the name when others see it again.
        if context.relation_returns(&action.table) {
            continue;
        }
        found
            .say(Consequence::Break, format!("code that names {} fails from this moment on", action.table))
            .at(action.span)
            .locking(action.effects, &action.table)
            .why(why)
            .instead(format!(
                "BEGIN;\nALTER TABLE {table} RENAME TO {to};\nCREATE VIEW {table} AS SELECT * FROM {to};\nCOMMIT;",
                table = action.written
            ));
    }
    match context.operation {
        Operation::RenameRelation { name, .. } if !context.schema.is_created(name) => {
            let full = context.schema.resolve(name);
            let message = format!("code that names {full} fails from this moment on");
            found.say(Consequence::Break, message).locking(context.effects, &full).why(why);
        }
        Operation::RenameSchema { name } => {
            let message = format!("code that names anything in {name} fails from this moment on");
            found.say(Consequence::Break, message).why(why);
        }
        _ => {}
    }
}
