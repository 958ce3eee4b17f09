//! What was left behind in a schema: begun and not ended, switched off and not on again.
//! Out: reading the schema, and which revision left it (`cli`). Called by the command `debt`.

use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use serde::Serialize;

/// What kind of thing was left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DebtKind {
    /// An index that is not valid: paid for at each write, used by no query.
    InvalidIndex,
    /// What `REINDEX CONCURRENTLY` left: `_ccnew`, `_ccold`.
    ReindexLeftover,
    /// A constraint that holds for new rows only.
    NotValidConstraint,
    /// A constraint that holds for none.
    NotEnforcedConstraint,
    /// A trigger or event trigger that does not fire.
    DisabledTrigger,
    /// A rule that does not count.
    DisabledRule,
    /// A materialized view that can't be read before it is refreshed.
    Unpopulated,
}

/// One thing that was left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Debt {
    /// What kind.
    pub kind: DebtKind,
    /// The object.
    pub object: ObjectId,
    /// Why it matters.
    pub why: &'static str,
    /// What ends it, as SQL.
    pub ends: String,
}

/// All that is left behind in a schema, by kind and name.
pub fn debt(snapshot: &Snapshot) -> Vec<Debt> {
    let mut found: Vec<Debt> = snapshot.objects.iter().filter_map(|(id, object)| of(id, object)).collect();
    found.sort_by(|one, other| (one.kind, &one.object).cmp(&(other.kind, &other.object)));
    found
}

fn of(id: &ObjectId, object: &Object) -> Option<Debt> {
    let property = |name: &str| object.properties.get(name).map(AsRef::as_ref);
    let owner = object.parent.as_ref().map(|parent| parent.identity.to_string()).unwrap_or_default();
    let name = id.last_part();
    let is_off = property("enabled") == Some("disabled");
    let (kind, why, ends) = match id.kind {
        ObjectKind::Index if is_leftover(name) => (
            DebtKind::ReindexLeftover,
            "REINDEX CONCURRENTLY was interrupted and left it",
            format!("DROP INDEX CONCURRENTLY {};", id.identity),
        ),
        ObjectKind::Index if property("valid") == Some("false") => (
            DebtKind::InvalidIndex,
            "each write pays for it, and no query uses it; a unique one may still refuse rows",
            format!("DROP INDEX CONCURRENTLY {};", id.identity),
        ),
        ObjectKind::Constraint if property("enforced") == Some("false") => (
            DebtKind::NotEnforcedConstraint,
            "no row is checked against it",
            format!("ALTER TABLE {owner} ALTER CONSTRAINT {name} ENFORCED;"),
        ),
        ObjectKind::Constraint if property("validated") == Some("false") => {
            let domain = object.parent.as_ref().is_some_and(|parent| parent.kind == ObjectKind::Domain);
            let word = if domain { "DOMAIN" } else { "TABLE" };
            let ends = format!("ALTER {word} {owner} VALIDATE CONSTRAINT {name};");
            (
                DebtKind::NotValidConstraint,
                "it holds for new rows only: people trust it, the planner doesn't",
                ends,
            )
        }
        ObjectKind::Trigger if is_off => {
            let ends = format!("ALTER TABLE {owner} ENABLE TRIGGER {name};");
            (DebtKind::DisabledTrigger, "what it is to check or write is not", ends)
        }
        ObjectKind::EventTrigger if is_off => {
            (DebtKind::DisabledTrigger, "it does not fire", format!("ALTER EVENT TRIGGER {name} ENABLE;"))
        }
        ObjectKind::Rule if is_off => {
            (DebtKind::DisabledRule, "it does not count", format!("ALTER TABLE {owner} ENABLE RULE {name};"))
        }
        ObjectKind::MaterializedView if property("populated") == Some("false") => (
            DebtKind::Unpopulated,
            "a query of it fails until it is refreshed",
            format!("REFRESH MATERIALIZED VIEW {};", id.identity),
        ),
        _ => return None,
    };
    Some(Debt { kind, object: id.clone(), why, ends })
}

/// `_ccnew`, `_ccold`, with a number after them if the name was taken.
fn is_leftover(name: &str) -> bool {
    let plain = name.trim_end_matches('"').trim_end_matches(|at: char| at.is_ascii_digit());
    plain.ends_with("_ccnew") || plain.ends_with("_ccold")
}
