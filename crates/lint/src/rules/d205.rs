//! D205: DROP VIEW, SEQUENCE, TYPE or FUNCTION that somebody may use.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Name, Operation, RelationKind};

pub(super) const RULE: Rule = Rule {
    code: "D205",
    name: "drop-sequence-or-type",
    group: Group::Destructive,
    severity: Severity::Warning,
    sources: &["H02", "G01", "G10"],
    page: include_str!("d205.md"),
    check,
};

/// What is dropped, in a word, and the names of it that code may know: those that another object gets in the same
/// transaction apart.
struct Dropped {
    word: &'static str,
    gone: Vec<String>,
    replaced: Vec<String>,
}

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    let (dropped, cascade) = match context.operation {
        Operation::DropRelation { kind, names, cascade, if_exists } => {
            let Some(dropped) = relations(context, *kind, names, *if_exists) else { return };
            (dropped, *cascade)
        }
        Operation::DropType { names, cascade } => (types(context, names, *cascade), *cascade),
        Operation::DropRoutine { cascade: true } => {
            let gone = vec![String::new()];
            (Dropped { word: "function", gone, replaced: Vec::new() }, true)
        }
        _ => return,
    };
    let Dropped { word, gone, replaced } = dropped;
    if gone.is_empty() && replaced.is_empty() {
        return;
    }
    let (message, why, severity) = match (gone.is_empty(), cascade) {
        (_, true) if word == "function" || gone.is_empty() => {
            (format!("whatever uses the {word} goes with it"), CASCADE, Severity::Error)
        }
        (true, _) => (
            format!("grants and options of the {word} {} go", replaced.join(", ")),
            "another one gets its name in the same transaction, without them",
            Severity::Note,
        ),
        (false, true) => (fails(word, &gone), CASCADE, Severity::Error),
        (false, false) => (fails(word, &gone), "nothing tells whether code still names it", Severity::Warning),
    };
    let named = match context.operation {
        Operation::DropRelation { names, .. } => names.first().map(|name| context.schema.resolve(name)),
        _ => None,
    };
    let said = found.say(Consequence::Break, message).why(why).severity(severity);
    if let Some(relation) = named {
        let _ = said.locking(context.effects, &relation);
    }
}

const CASCADE: &str = "CASCADE drops whatever uses it, columns too, without saying what";

fn fails(word: &str, names: &[String]) -> String {
    format!("code that names the {word} {} fails", names.join(", "))
}

fn relations(context: &Context<'_>, kind: RelationKind, names: &[Name], if_exists: bool) -> Option<Dropped> {
    let word = match kind {
        RelationKind::View => "view",
        RelationKind::Sequence => "sequence",
        RelationKind::Table | RelationKind::MaterializedView => return None,
    };
    let is_there = |name: &&Name| match context.schema.relation(name) {
        Some(relation) => !relation.created,
        None => !(context.schema.known && if_exists),
    };
    let returns = |name: &&Name| context.relation_returns(&context.schema.resolve(name));
    let (replaced, gone): (Vec<_>, Vec<_>) = names.iter().filter(is_there).partition(returns);
    Some(Dropped { word, gone: written(&gone), replaced: written(&replaced) })
}

/// A type that the script renamed is known to no code by that name, but CASCADE takes its columns along.
fn types(context: &Context<'_>, names: &[Name], cascade: bool) -> Dropped {
    let schema = context.schema;
    let is_old = |name: &&Name| !schema.created_types.contains(&schema.resolve_type(name));
    let is_known = |name: &&Name| {
        let full = schema.resolve_type(name);
        !schema.renamed_types.contains(&full) && !context.type_returns(&full)
    };
    let (gone, replaced): (Vec<_>, Vec<_>) = names.iter().filter(is_old).partition(is_known);
    let replaced = if cascade { replaced } else { Vec::new() };
    Dropped { word: "type", gone: written(&gone), replaced: written(&replaced) }
}

fn written(names: &[&Name]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
