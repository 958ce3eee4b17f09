//! What changed in a catalog since it was read last, from the versions of its rows.
//! Out: reading what changed (`mod`). Called by the reader.
//!
//! It is exact, not a guess: a unit (a relation with its parts, or a routine) is read again if one of its rows was
//! written, or if it depends on one that was altered, because printed forms name what they depend on. What else
//! can change how objects print (schemas, types, operators, roles …) has everything read again.

use super::queries::{Prepared, Scope};
use crate::client::OrFault as _;
use groundline_core::Result;
use std::collections::{BTreeSet, HashMap};
use tokio_postgres::Client;

/// Digests of the versions of all rows, by unit.
pub(super) struct Versions {
    relations: HashMap<u32, i64>,
    routines: HashMap<u32, i64>,
    rest: Option<i64>,
}

/// What has to be read again.
pub(super) enum Changes {
    Units(Units),
    Everything,
}

/// Units that have to be read again, or are gone.
#[derive(Default)]
pub(super) struct Units {
    relations: Vec<u32>,
    routines: Vec<u32>,
    gone: Vec<u32>,
}

impl Units {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.relations.is_empty() && self.routines.is_empty() && self.gone.is_empty()
    }

    /// What a query of this scope has to read, if anything.
    pub fn read(&self, scope: Scope) -> Option<&Vec<u32>> {
        let oids = match scope {
            Scope::Complete => return None,
            Scope::Relations => &self.relations,
            Scope::Routines => &self.routines,
        };
        Some(oids).filter(|oids| !oids.is_empty())
    }

    /// All units whose objects are not what they were.
    pub fn all(&self) -> impl Iterator<Item = (Scope, u32)> {
        let of = |scope| move |oid: &u32| (scope, *oid);
        let gone = self.gone.iter().flat_map(|oid| [(Scope::Relations, *oid), (Scope::Routines, *oid)]);
        let relations = self.relations.iter().map(of(Scope::Relations));
        relations.chain(self.routines.iter().map(of(Scope::Routines))).chain(gone)
    }
}

impl Versions {
    /// Asks for them.
    pub async fn read(client: &Client, prepared: &Prepared) -> Result<Self> {
        let mut versions = Self { relations: HashMap::new(), routines: HashMap::new(), rest: None };
        for row in client.query(&prepared.versions, &[]).await.fault()? {
            let (class, oid, version): (&str, u32, Option<i64>) = (row.get(0), row.get(1), row.get(2));
            match (class, version) {
                ("relation", Some(version)) => _ = versions.relations.insert(oid, version),
                ("routine", Some(version)) => _ = versions.routines.insert(oid, version),
                _ => versions.rest = version,
            }
        }
        Ok(versions)
    }

    /// What changed since `last`.
    pub async fn changes_since(
        &self,
        last: &Versions,
        client: &Client,
        prepared: &mut Prepared,
    ) -> Result<Changes> {
        if self.rest != last.rest {
            return Ok(Changes::Everything);
        }
        let written = |now: &HashMap<u32, i64>, then: &HashMap<u32, i64>| -> BTreeSet<u32> {
            now.iter().filter(|(oid, version)| then.get(oid) != Some(version)).map(|(oid, _)| *oid).collect()
        };
        let mut relations = written(&self.relations, &last.relations);
        let mut routines = written(&self.routines, &last.routines);
        let of = |set: &BTreeSet<u32>, then: &HashMap<u32, i64>| -> Vec<u32> {
            set.iter().copied().filter(|oid| then.contains_key(oid)).collect()
        };
        let (altered, altered_routines) = (of(&relations, &last.relations), of(&routines, &last.routines));
        if !altered.is_empty() || !altered_routines.is_empty() {
            let dependents = &prepared.units(client).await?.dependents;
            for row in client.query(dependents, &[&altered, &altered_routines]).await.fault()? {
                let (class, oid): (&str, u32) = (row.get(0), row.get(1));
                match class {
                    "relation" => _ = relations.insert(oid),
                    "routine" => _ = routines.insert(oid),
                    _ => return Ok(Changes::Everything),
                }
            }
        }
        let gone = |now: &HashMap<u32, i64>, then: &HashMap<u32, i64>| -> Vec<u32> {
            then.keys().copied().filter(|oid| !now.contains_key(oid)).collect()
        };
        let mut all_gone = gone(&self.relations, &last.relations);
        all_gone.extend(gone(&self.routines, &last.routines));
        Ok(Changes::Units(Units {
            relations: relations.into_iter().collect(),
            routines: routines.into_iter().collect(),
            gone: all_gone,
        }))
    }
}
