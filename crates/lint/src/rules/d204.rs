//! D204: DROP SCHEMA, DATABASE, EXTENSION or OWNED.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "D204",
    name: "drop-container",
    group: Group::Destructive,
    severity: Severity::Error,
    sources: &["H08"],
    page: include_str!("d204.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let (message, why) = match context.operation {
        Operation::DropSchema { names, cascade } => {
            let inside = |schema: &str| {
                context.schema.relations.iter().any(|(name, relation)| {
                    name.schema.as_deref() == Some(schema) && !relation.created
                })
            };
            let empty = context.schema.known && !names.iter().any(|name| inside(&name.name));
            if !cascade || empty {
                return;
            }
            (format!("the schema {} and everything in it are gone", list(names)), "CASCADE does not say what it drops")
        }
        Operation::DropExtension { names, cascade } => {
            let also = if *cascade { ", and every column of its types" } else { "" };
            (format!("the extension {} is gone{also}", list(names)), "its functions and types go with it")
        }
        Operation::DropDatabase => ("a database or tablespace is gone".to_owned(), "with everything in it"),
        Operation::DropOwned => ("everything that a role owns is gone".to_owned(), "the statement does not say what"),
        _ => return,
    };
    found.say(Consequence::Break, message).why(why);
}

fn list(names: &[groundline_sql::operation::Name]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
