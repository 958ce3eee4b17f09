//! What changed in a catalog since it was read last, from the versions of its rows.
//! Out: reading what changed (`mod`), which catalogs are watched (`catalogs`). Called by the reader.
//!
//! It is exact, not a guess: a unit (a relation with its parts, or a routine) is read again if one of its rows was
//! written, or if it depends on one that was altered, because printed forms name what they depend on. What else
//! can change how objects print (schemas, types, operators, roles …) has everything read again.
//!
//! The server gives one number for each catalog. Where it is another than before, the rows written since the last
//! reading name the keys that may have changed. Whether they account for the new number is computed; where they do not
//! (rows only went, or came back with a rollback), the whole catalog is listed.

mod catalogs;

use super::ask::{Asker, Parameter};
use super::queries::Reach;
use super::row::Row;
use catalogs::{HORIZON, KEYED, Watched};
use futures_util::future::{try_join_all, try_join3};
use groundline_catalog::Profile;
use groundline_core::{Result, ServerVersion};
use std::collections::{BTreeSet, HashMap};

/// More keys than this are not looked up one by one.
const MANY: usize = 5_000;

/// Digests of the versions of all rows, by catalog and key.
pub(super) struct Versions {
    keyed: Vec<Catalog>,
    rest: Option<i64>,
    horizon: String,
}

/// The rows of one catalog.
#[derive(Default)]
struct Catalog {
    total: i64,
    /// Relation, index or routine to the digest of its rows.
    keys: HashMap<u32, i64>,
}

/// What the server says of the versions of now, by catalog.
pub(super) struct Sums {
    horizon: Vec<Row>,
    totals: Vec<Row>,
    rest: Vec<Row>,
}

/// What has to be read again.
pub(super) enum Changes {
    Units(Units),
    Everything,
}

/// Units that have to be read again; those that are gone have no rows any more.
#[derive(Default)]
pub(super) struct Units {
    relations: Vec<u32>,
    routines: Vec<u32>,
}

impl Units {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.relations.is_empty() && self.routines.is_empty()
    }

    /// What a query of this reach has to read, if anything.
    pub fn of(&self, reach: Reach) -> Option<&Vec<u32>> {
        let oids = match reach {
            Reach::Complete => return None,
            Reach::Relations => &self.relations,
            Reach::Routines => &self.routines,
        };
        Some(oids).filter(|oids| !oids.is_empty())
    }

    /// All units whose objects are not what they were.
    pub fn all(&self) -> impl Iterator<Item = (Reach, u32)> {
        let of = |reach| move |oid: &u32| (reach, *oid);
        self.relations.iter().map(of(Reach::Relations)).chain(self.routines.iter().map(of(Reach::Routines)))
    }
}

impl Versions {
    /// Lists all rows.
    pub async fn read(asker: &Asker<'_>, server: ServerVersion, profile: Profile) -> Result<Self> {
        let rest = catalogs::rest(server, profile);
        let lists = try_join_all(KEYED.iter().map(async |watched| asker.rows(&watched.all(), &[]).await));
        let (horizon, rest, lists) =
            try_join3(asker.rows(HORIZON, &[]), asker.rows(&rest, &[]), lists).await?;
        Ok(Self {
            keyed: lists.iter().map(|rows| Catalog::of(rows)).collect(),
            rest: number(&rest),
            horizon: text(&horizon),
        })
    }

    /// Asks for the sums of now.
    pub async fn sums(&self, asker: &Asker<'_>, server: ServerVersion, profile: Profile) -> Result<Sums> {
        let (totals, rest) = (catalogs::totals(), catalogs::rest(server, profile));
        let since = &self.horizon;
        let (horizon, totals, rest) = try_join3(
            asker.rows(HORIZON, &[]),
            asker.rows(&totals, &[Parameter::Text(since)]),
            asker.rows(&rest, &[]),
        )
        .await?;
        Ok(Sums { horizon, totals, rest })
    }

    /// What changed since they were read last; they are those of now afterwards.
    pub async fn update(&mut self, asker: &Asker<'_>, now: Sums) -> Result<Changes> {
        let Sums { horizon, totals, rest } = now;
        let (mut relations, mut routines) = (BTreeSet::new(), BTreeSet::new());
        let now = self.keyed.iter_mut().zip(KEYED).enumerate().map(async |(at, (catalog, watched))| {
            let row = totals.iter().find(|row| usize::try_from(row.get::<i32>(0)) == Ok(at));
            let total = row.and_then(|row| row.get::<Option<i64>>(1)).unwrap_or_default();
            let written: Vec<u32> = row.and_then(|row| row.get(2)).unwrap_or_default();
            let changed = catalog.update(asker, watched, total, written).await?;
            Ok((watched.of_routine, changed))
        });
        for (of_routine, changed) in try_join_all(now).await? {
            if of_routine { routines.extend(changed) } else { relations.extend(changed) }
        }
        let everything = number(&rest) != self.rest;
        self.rest = number(&rest);
        self.horizon = text(&horizon);
        if everything {
            return Ok(Changes::Everything);
        }
        with_dependents(asker, relations, routines).await
    }
}

impl Catalog {
    fn of(rows: &[Row]) -> Self {
        let keys = fold(rows);
        Self { total: keys.values().fold(0, |total, digest| total ^ digest), keys }
    }

    /// The keys whose rows are not what they were.
    async fn update(
        &mut self,
        asker: &Asker<'_>,
        watched: &Watched,
        total: i64,
        mut written: Vec<u32>,
    ) -> Result<Vec<u32>> {
        if total == self.total {
            return Ok(Vec::new());
        }
        written.sort_unstable();
        written.dedup();
        if written.len() < MANY {
            let mut now = match written.is_empty() {
                true => HashMap::new(),
                false => fold(&asker.rows(&watched.some(), &[Parameter::Oids(&written)]).await?),
            };
            let digest = |digest: Option<&i64>| digest.copied().unwrap_or_default();
            let change =
                written.iter().fold(0, |all, key| all ^ digest(self.keys.get(key)) ^ digest(now.get(key)));
            if self.total ^ change == total {
                written.retain(|key| self.keys.get(key) != now.get(key));
                for key in &written {
                    match now.remove(key) {
                        Some(digest) => _ = self.keys.insert(*key, digest),
                        None => _ = self.keys.remove(key),
                    }
                }
                self.total = total;
                return Ok(written);
            }
        }
        let now = Self::of(&asker.rows(&watched.all(), &[]).await?);
        let came =
            now.keys.iter().filter(|(key, digest)| self.keys.get(key) != Some(digest)).map(|(key, _)| *key);
        let went = self.keys.keys().filter(|key| !now.keys.contains_key(key)).copied();
        let changed = came.chain(went).collect();
        *self = now;
        Ok(changed)
    }
}

/// The changed units, and those that depend on them.
async fn with_dependents(
    asker: &Asker<'_>,
    relations: BTreeSet<u32>,
    routines: BTreeSet<u32>,
) -> Result<Changes> {
    if relations.is_empty() && routines.is_empty() {
        return Ok(Changes::Units(Units::default()));
    }
    let (changed, changed_routines): (Vec<u32>, Vec<u32>) =
        (relations.into_iter().collect(), routines.iter().copied().collect());
    let parameters = [Parameter::Oids(&changed), Parameter::Oids(&changed_routines)];
    let (mut relations, mut routines) = (BTreeSet::new(), routines);
    for row in asker.rows(include_str!("../sql/dependents.sql"), &parameters).await? {
        let (class, oid): (&str, u32) = (row.get(0), row.get(1));
        match class {
            "relation" => _ = relations.insert(oid),
            "routine" => _ = routines.insert(oid),
            _ => return Ok(Changes::Everything),
        }
    }
    Ok(Changes::Units(Units {
        relations: relations.into_iter().collect(),
        routines: routines.into_iter().collect(),
    }))
}

fn fold(rows: &[Row]) -> HashMap<u32, i64> {
    let mut keys = HashMap::new();
    for row in rows {
        *keys.entry(row.get(0)).or_default() ^= row.get::<i64>(1);
    }
    keys
}

fn number(rows: &[Row]) -> Option<i64> {
    rows.first().and_then(|row| row.get(0))
}

fn text(rows: &[Row]) -> String {
    rows.first().map(|row| row.get(0)).unwrap_or_default()
}
