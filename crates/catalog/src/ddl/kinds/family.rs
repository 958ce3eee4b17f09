//! The parents that a table leaves and joins (INHERIT, ATTACH PARTITION and their opposites), and whether what it has of
//! them is then what it is to be. Source: PostgreSQL manual, ALTER TABLE ("INHERIT parent_table", "ATTACH PARTITION");
//! 53.7 "pg_attribute" (attislocal, attinhcount), 53.13 "pg_constraint" (conislocal).
//! Out: making a table with its parents (`table`), what comes before and after it (`order`).
//! Called by `actions`, through the module above.

use super::{Of, Sql};
use crate::ddl::side::Side;
use crate::{ObjectId, ObjectKind};

/// A parent whose detaching nobody finished.
const PENDING: &str = " (detach pending)";

/// What a table leaves and joins.
#[derive(Default)]
pub struct Family {
    pub leaves: Vec<Sql>,
    pub joins: Vec<Sql>,
    /// The parents that it leaves.
    pub left: Vec<ObjectId>,
    /// The parents that it joins.
    pub joined: Vec<ObjectId>,
    /// Whether it joins as a partition.
    pub is_partition: bool,
    /// What of it can't be as it is to be, and why.
    pub cannot: Vec<(ObjectId, String)>,
}

/// Between two states of a table.
pub fn of(old: Of<'_>, new: Of<'_>) -> Family {
    let least = Kinship::new(old, new, true);
    let wrong = least.wrong();
    if !wrong.is_empty() {
        // Who leaves all parents and comes back has all of it as its own, too.
        let anew = Kinship::new(old, new, false);
        let still = anew.wrong();
        if still.len() < wrong.len() {
            return anew.family(still);
        }
    }
    least.family(wrong)
}

/// A new partition of a table that is there already.
pub fn joined(of: Of<'_>) -> Family {
    let joins = parents(of).iter().map(|parent| joining(of, parent)).collect();
    let joined = parents(of).iter().map(|parent| parent_id(of, parent)).collect();
    Family { joins, joined, is_partition: true, ..Family::default() }
}

fn parents<'s>(of: Of<'s>) -> Vec<&'s str> {
    of.get("inherits").into_iter().flat_map(|all| all.split(", ")).collect()
}

fn parent_id(of: Of<'_>, name: &str) -> ObjectId {
    let name = name.trim_end_matches(PENDING);
    let table = ObjectId::new(ObjectKind::Table, name);
    match of.side.get(&table) {
        Some(_) => table,
        None => ObjectId::new(ObjectKind::ForeignTable, name),
    }
}

fn joining(of: Of<'_>, parent: &str) -> Sql {
    let table = &of.id.identity;
    Sql::of(match of.get("partition bound") {
        Some(bound) => format!("ALTER TABLE {parent} ATTACH PARTITION {table} {bound}"),
        None => format!("ALTER TABLE {table} INHERIT {parent}"),
    })
}

fn leaving(of: Of<'_>, parent: &str) -> Sql {
    let table = &of.id.identity;
    Sql::of(match (parent.strip_suffix(PENDING), of.get("partition bound")) {
        (Some(parent), _) => format!("ALTER TABLE {parent} DETACH PARTITION {table} FINALIZE"),
        (None, Some(_)) => format!("ALTER TABLE {parent} DETACH PARTITION {table}"),
        (None, None) => format!("ALTER TABLE {table} NO INHERIT {parent}"),
    })
}

/// A table before and after, and the parents that it keeps all along: those at the beginning, as a parent that comes is
/// the last one.
struct Kinship<'s> {
    old: Of<'s>,
    new: Of<'s>,
    kept: Vec<&'s str>,
    left: Vec<&'s str>,
    joined: Vec<&'s str>,
}

impl<'s> Kinship<'s> {
    fn new(old: Of<'s>, new: Of<'s>, keeps: bool) -> Self {
        let can = keeps && old.get("partition bound") == new.get("partition bound");
        let (before, after) = (parents(old), parents(new));
        let mut rest = before.iter();
        let kept: Vec<&str> =
            after.iter().take_while(|parent| can && rest.any(|other| other == *parent)).copied().collect();
        let without = |all: Vec<&'s str>| all.into_iter().filter(|one| !kept.contains(one)).collect();
        let (left, joined) = (without(before), without(after));
        Self { old, new, kept, left, joined }
    }

    fn family(&self, cannot: Vec<(ObjectId, String)>) -> Family {
        Family {
            leaves: self.left.iter().map(|parent| leaving(self.old, parent)).collect(),
            joins: self.joined.iter().map(|parent| joining(self.new, parent)).collect(),
            left: self.left.iter().map(|parent| parent_id(self.old, parent)).collect(),
            joined: self.joined.iter().map(|parent| parent_id(self.new, parent)).collect(),
            is_partition: self.new.get("partition bound").is_some(),
            cannot,
        }
    }

    /// What it has of its parents and will not be as it is to be. What a partition has of its table is never its own.
    fn wrong(&self) -> Vec<(ObjectId, String)> {
        if [self.old, self.new].iter().any(|of| of.get("partition bound").is_some()) {
            return Vec::new();
        }
        let parts = self.new.side.children(self.new.id);
        let wrong = parts.filter_map(|part| {
            let is = self.becomes(part)?;
            let wanted = self.new.side.property(part, "inherited");
            (is != wanted).then(|| (part.clone(), self.why(wanted)))
        });
        wrong.collect()
    }

    fn why(&self, wanted: Option<&str>) -> String {
        match wanted {
            Some("true") => {
                "no statement makes it its parent's alone: once a table has it, it is its own, too"
            }
            Some(_) => {
                "no statement makes it the table's own, too, and leaves the rest of what it inherits as it is"
            }
            None => "no statement makes it the table's own again, and none of its parent's",
        }
        .to_owned()
    }

    /// How a column, a check or a NOT NULL will be inherited, as snapshots print it; nothing for what is none of these.
    fn becomes(&self, part: &ObjectId) -> Option<Option<&'static str>> {
        let wanted = self.new.side.property(part, "inherited");
        let before = self.old.side.get(part).map(|_| self.old.side.property(part, "inherited"));
        let has = |of: Of<'_>, parent: &&str| self.has(of, parent, part);
        let stays = self.kept.iter().any(|parent| has(self.old, parent) && has(self.new, parent));
        let comes = self.kept.iter().any(|parent| !has(self.old, parent) && has(self.new, parent))
            || self.joined.iter().any(|parent| has(self.new, parent));
        let is_own = match before {
            // It comes with its parent's, or has to be there before it joins that.
            None => wanted != Some("true") || self.joined.iter().any(|parent| has(self.old, parent)),
            Some(Some("true")) => !stays && !self.left.is_empty(),
            // Of a constraint it is not said whether it is of a parent, too.
            Some(_) => true,
        };
        match part.kind {
            ObjectKind::Column => Some(match (stays || comes, is_own) {
                (false, _) => None,
                (true, true) => Some("and local"),
                (true, false) => Some("true"),
            }),
            ObjectKind::Constraint if is_inheritable(part, self.new.side) => {
                Some((!is_own).then_some("true"))
            }
            _ => None,
        }
    }

    /// Whether a parent has such a column or constraint.
    fn has(&self, of: Of<'_>, parent: &str, part: &ObjectId) -> bool {
        let parent = parent_id(of, parent);
        if part.kind == ObjectKind::Column {
            return of
                .side
                .get(&ObjectId::new(part.kind, format!("{}.{}", parent.identity, part.last_part())))
                .is_some();
        }
        let definition = |side: Side<'_>| side.property(part, "definition").map(str::to_owned);
        let wanted = definition(self.new.side).or_else(|| definition(self.old.side));
        of.side.children(&parent).any(|other| {
            other.kind == ObjectKind::Constraint
                && of.side.property(other, "no inherit").is_none()
                && of.side.property(other, "definition") == wanted.as_deref()
        })
    }
}

/// Checks and NOT NULL are inherited, keys are not.
pub fn is_inheritable(constraint: &ObjectId, side: Side<'_>) -> bool {
    let definition = side.property(constraint, "definition").unwrap_or_default();
    definition.starts_with("CHECK") || definition.starts_with("NOT NULL")
}
