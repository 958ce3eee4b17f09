//! D201: DROP TABLE and DROP MATERIALIZED VIEW.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::Operation;

pub(super) const RULE: Rule = Rule {
    code: "D201",
    name: "drop-table",
    group: Group::Destructive,
    severity: Severity::Error,
    sources: &["E01"],
    page: include_str!("d201.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    use groundline_sql::operation::RelationKind;
    let Operation::DropRelation { kind, names, cascade, if_exists } = context.operation else { return };
    let word = match kind {
        RelationKind::Table => "table",
        RelationKind::MaterializedView => "materialized view",
        RelationKind::View | RelationKind::Sequence => return,
    };
    for name in names {
        let relation = context.schema.relation(name);
        let absent = relation.is_none() && context.schema.known && *if_exists;
        if absent || relation.is_some_and(|relation| relation.created) {
            continue;
        }
        let full = context.schema.resolve(name);
        let returns = context.relation_returns(&full);
        if returns && *kind == RelationKind::MaterializedView && !*cascade {
            found
                .say(Consequence::Break, format!("grants, options and indexes of the {word} {full} go"))
                .locking(context.effects, &full)
                .why("another one gets its name in the same transaction, without them")
                .severity(Severity::Note);
            continue;
        }
        let with = if *cascade { ", and whatever depends on it" } else { "" };
        found
            .say(Consequence::Break, format!("the {word} {full} and its rows are gone{with}"))
            .locking(context.effects, &full)
            .why(match returns {
                true => "another relation gets its name: what that was not given is gone, and only a restore brings it back",
                false => "only a restore brings them back; code that reads it fails at once",
            })
            .instead(format!("ALTER {} {name} RENAME TO {}_dropped; -- wait for a release, then drop",
 word.to_uppercase(), name.name));
    }
}
