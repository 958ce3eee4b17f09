//! One reading: what is sent to the server, in which order, and the objects that come of it.
//! Out: settings and transactions (`session`), and which units changed (`versions`). Called by the reader.
//!
//! Everything of one step is sent before its first answer is awaited: first the raw rows, the queries that
//! may always have rows, and which of the others can have any; then the names that the rows refer to, and those others.

use super::ask::{Asker, Effort, Parameter};
use super::assemble::Objects;
use super::dependencies::Relations;
use super::known;
use super::names::Names;
use super::queries::{self, Present, Query, RELATION_GRANTS, Reach};
use super::raw::Raw;
use super::row::Row;
use super::scope::Excluded;
use super::versions::Units;
use super::{printed, printer};
use futures_util::future::{try_join, try_join_all, try_join3};
use groundline_core::{Result, ServerVersion};

/// Asking which queries can have rows opens many catalogs.
const PRESENCE: Effort = 8;

type Answer = (&'static Query, Vec<Row>);

/// What the server answered to all questions of a reading.
pub(super) struct Answers {
    raw: Raw,
    names: Names,
    printed: Vec<Answer>,
    grants: Vec<Row>,
    notes: Vec<String>,
}

impl Answers {
    /// The relations that were read, beside those that were known; none where nobody asks what they need.
    pub fn relations(&self, excluded: &Excluded, mut known: Relations) -> Relations {
        if excluded.with_needs {
            known.add(&self.raw);
        }
        known
    }

    /// The objects that they say there are.
    pub fn objects(self, excluded: &Excluded) -> Result<Objects<'_>> {
        let mut objects = Objects::new(excluded);
        printer::print(&self.raw, &self.names, &mut objects);
        for (query, rows) in &self.printed {
            printed::take(&mut objects, query, rows)?;
        }
        printed::take(&mut objects, &RELATION_GRANTS, &self.grants)?;
        self.notes.into_iter().for_each(|note| objects.note(note));
        Ok(objects)
    }
}

/// Everything.
pub(super) async fn complete(
    asker: &Asker<'_>,
    server: ServerVersion,
    excluded: &Excluded,
) -> Result<Answers> {
    let ask = async |query: &'static Query| {
        Ok((query, asker.rows(&query.sql(server, Reach::Complete), &[]).await?))
    };
    let presence = queries::presence(excluded.profile);
    let (presence, raw, mut always) = try_join3(
        asker.each(PRESENCE, &presence, &[], |row| row),
        Raw::read(asker, server, None),
        try_join_all(queries::always(excluded.profile).map(ask)),
    )
    .await?;
    let presence: Vec<Row> = presence;
    let present = presence.first().map(|row| Present::of(row, excluded.profile));
    let there = async {
        always.extend(try_join_all(present.iter().flat_map(Present::queries).map(ask)).await?);
        Ok(always)
    };
    let answers = answers(asker, server, excluded, raw, there).await?;
    let notes = match known::may_lack(server.major()) {
        true => known::unknown(asker).await?,
        false => Vec::new(),
    };
    Ok(Answers { notes, ..answers })
}

/// What belongs to some units.
pub(super) async fn in_part(
    asker: &Asker<'_>,
    server: ServerVersion,
    excluded: &Excluded,
    units: &Units,
) -> Result<Answers> {
    let raw = async {
        match units.of(Reach::Relations) {
            Some(relations) => Raw::read(asker, server, Some(relations)).await,
            None => Ok(Raw::default()),
        }
    };
    let printed = queries::all().iter().filter_map(|query| Some((query, units.of(query.reach)?)));
    let printed = try_join_all(printed.map(async |(query, oids)| {
        Ok((query, asker.rows(&query.sql(server, query.reach), &[Parameter::Oids(oids)]).await?))
    }));
    let (raw, printed) = try_join(raw, printed).await?;
    answers(asker, server, excluded, raw, async { Ok(printed) }).await
}

async fn answers(
    asker: &Asker<'_>,
    server: ServerVersion,
    excluded: &Excluded,
    raw: Raw,
    printed: impl Future<Output = Result<Vec<Answer>>>,
) -> Result<Answers> {
    let names = Names::read(asker, server, &raw, excluded.profile);
    let (names, printed, grants) = try_join3(names, printed, grants(asker, server, &raw)).await?;
    Ok(Answers { raw, names, printed, grants, notes: Vec::new() })
}

/// Privileges of the relations that have any.
async fn grants(asker: &Asker<'_>, server: ServerVersion, raw: &Raw) -> Result<Vec<Row>> {
    let relations =
        raw.relations.values().filter(|relation| relation.has_grants).map(|relation| relation.oid);
    let columns = raw.columns.iter().filter(|column| column.has_grants).map(|column| column.relation);
    let mut granted: Vec<u32> = relations.chain(columns).collect();
    granted.sort_unstable();
    granted.dedup();
    match granted.is_empty() {
        true => Ok(Vec::new()),
        false => {
            let sql = RELATION_GRANTS.sql(server, Reach::Relations);
            asker.rows(&sql, &[Parameter::Oids(&granted)]).await
        }
    }
}
