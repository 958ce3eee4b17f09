//! D205: DROP VIEW, SEQUENCE, TYPE or FUNCTION that somebody may use.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "D205",
    name: "drop-sequence-or-type",
    group: Group::Destructive,
    severity: Severity::Warning,
    sources: &["H02", "G01", "G10"],
    page: include_str!("d205.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    use crate::rule::Severity::{Error, Warning};
    use groundline_sql::operation::RelationKind;
    let (message, cascade) = match context.operation {
        Operation::DropRelation { kind: kind @ (RelationKind::View | RelationKind::Sequence), names, cascade, if_exists } => {
            let is_there = |name: &&groundline_sql::operation::Name| match context.schema.relation(name) {
                Some(relation) => !relation.created,
                None => !(context.schema.known && *if_exists),
            };
            let gone: Vec<_> = names.iter().filter(is_there).map(ToString::to_string).collect();
            if gone.is_empty() {
                return;
            }
            let word = if *kind == RelationKind::View { "view" } else { "sequence" };
            (format!("code that names the {word} {} fails", gone.join(", ")), *cascade)
        }
        Operation::DropType { names, cascade } => {
            let is_new = |name| context.schema.created_types.contains(&context.schema.resolve_type(name));
            if names.iter().all(is_new) {
                return;
            }
            ("code that names the type fails".to_owned(), *cascade)
        }
        Operation::DropRoutine { cascade: true } => ("whatever uses the function goes with it".to_owned(), true),
        _ => return,
    };
    let named = match context.operation {
        Operation::DropRelation { names, .. } => names.first().map(|name| context.schema.resolve(name)),
        _ => None,
    };
    let said = found
        .say(Consequence::Break, message)
        .why(match cascade {
            true => "CASCADE drops whatever uses it, columns too, without saying what",
            false => "nothing tells whether code still names it",
        })
        .severity(if cascade { Error } else { Warning });
    if let Some(relation) = named {
        let _ = said.locking(context.effects, &relation);
    }
}
