//! L121: Dropping a foreign key, or a table with one.
//! Out: effects on locks (`effect`). Called through the registry.

use crate::context::{Context, Found};
use crate::finding::Consequence;
use crate::rule::{Group, Rule, Severity};
use groundline_sql::operation::{Operation, TableAction};

pub(super) const RULE: Rule = Rule {
    code: "L121",
    name: "foreign-key-drop-locks-both",
    group: Group::Lock,
    severity: Severity::Warning,
    sources: &["C07", "C10"],
    page: include_str!("l121.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Found<'_>) {
    for action in context.actions() {
        if !matches!(action.action, TableAction::DropConstraint { .. } | TableAction::DropColumn { .. }) {
            continue;
        }
        for peer in action.effects.locks.keys().filter(|name| **name != action.table) {
            if context.schema.referenced(&action.table).contains(peer) {
                found
                    .say(Consequence::Lock, format!("{peer} is locked against everything too: a foreign key points to it"))
                    .at(action.span)
                    .locking(action.effects, peer)
                    .why("the key's triggers on the referenced table go with it");
            }
        }
    }
    let Operation::DropRelation { names, .. } = context.operation else { return };
    for name in names {
        let full = context.schema.resolve(name);
        for peer in context.schema.referenced(&full) {
            if context.effects.lock_on(&peer).is_some() {
                found
                    .say(Consequence::Lock, format!("{peer} is locked against everything too: a foreign key points to it"))
                    .locking(context.effects, &peer)
                    .why("the key's triggers on the referenced table go with it")
                    .instead(format!("ALTER TABLE {name} DROP CONSTRAINT …; -- each foreign key in its own transaction"));
            }
        }
    }
}
