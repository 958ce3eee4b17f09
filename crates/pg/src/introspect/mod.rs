//! Reading a catalog snapshot from a server: completely, or only what changed since the last reading.
//! Out: what objects and properties mean (`catalog`); which kinds there are and their queries (`queries`).
//! Called by stages, onboarding and the commands.
//!
//! Everything is printed by the server, under settings of our own, inside the caller's transaction or one of its
//! own; both leave the session as it was. A [`Reader`] that reads the same database again first asks for the
//! versions of the catalog's rows (`versions`), and reads only the relations and routines that changed or whose
//! printed form can name one that changed. A change of anything else is read completely.

mod assemble;
mod queries;
mod session;
mod versions;

use crate::client::OrFault as _;
use crate::dialect;
use crate::server::version;
use assemble::{Assembly, Objects};
use futures_util::future::{try_join, try_join_all};
use groundline_catalog::{Profile, Snapshot};
use groundline_core::{Fault, Result, ServerVersion};
use queries::{Prepared, Scope};
use session::Session;
use std::collections::BTreeSet;
use tokio_postgres::Client;
use versions::{Changes, Versions};

/// What is left out of a snapshot.
#[derive(Clone, Debug)]
pub struct Excluded {
    /// Tables with all that belongs to them, as `schema.table`.
    relations: BTreeSet<String>,
    /// Whole schemas.
    schemas: BTreeSet<String>,
    profile: Profile,
}

impl Excluded {
    /// The history tables of all tools and Groundline's own schema: they say what was applied, and are no part
    /// of a schema. Properties of the environment are left out too (see [`Profile::Schema`]).
    pub fn bookkeeping() -> Self {
        let tables = dialect::bookkeeping_tables().into_iter();
        Self {
            relations: tables.map(|(schema, table)| format!("{schema}.{table}")).collect(),
            schemas: BTreeSet::from(["groundline".to_owned()]),
            profile: Profile::Schema,
        }
    }

    /// The same with another profile.
    #[must_use]
    pub fn in_profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// Whether a relation of this identity is left out.
    fn relation(&self, identity: &str) -> bool {
        self.relations.contains(identity) || self.in_schema(identity)
    }

    fn in_schema(&self, identity: &str) -> bool {
        let schema = identity.split_once('.').map_or(identity, |(schema, _)| schema);
        self.schemas.contains(schema)
    }
}

/// Reads the database of one connection, again and again. It must be given the same client each time.
pub struct Reader {
    excluded: Excluded,
    prepared: Option<Prepared>,
    last: Option<Last>,
}

/// What the last reading saw.
struct Last {
    versions: Versions,
    assembly: Assembly,
}

impl Reader {
    /// A reader that has seen nothing yet.
    pub fn new(excluded: Excluded) -> Self {
        Self { excluded, prepared: None, last: None }
    }

    /// The schema now, with uncommitted changes of an open transaction. Faults: the server refuses a query.
    pub async fn read(&mut self, client: &Client) -> Result<Snapshot> {
        let session = Session::open(client).await?;
        // Half a reading is no base for the next: on a fault nothing is kept.
        let last = self.last.take();
        let read = self.read_inside(client, last).await.map_err(could_not);
        session.close(client).await?;
        let (last, server) = read?;
        Ok(self.last.insert(last).assembly.snapshot(server))
    }

    async fn read_inside(&mut self, client: &Client, last: Option<Last>) -> Result<(Last, ServerVersion)> {
        let prepared = match &mut self.prepared {
            Some(prepared) => prepared,
            empty => empty.insert(Prepared::new(client).await?),
        };
        let server = prepared.server;
        let now = match last {
            None => complete(client, prepared, &self.excluded, Assembly::default()).await?,
            Some(last) => again(client, prepared, &self.excluded, last).await?,
        };
        Ok((now, server))
    }
}

/// The schema of a database, once.
pub async fn read(client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    let session = Session::open(client).await?;
    let read = read_once(client, excluded).await.map_err(could_not);
    session.close(client).await?;
    read
}

async fn read_once(client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    let server = version(client).await?;
    let asked = queries::all().iter().map(async |query| {
        let rows = client.query(&query.sql(server, Scope::Complete), &[]).await.fault()?;
        Ok((query, rows))
    });
    let objects = Objects::of(excluded, &try_join_all(asked).await?)?;
    Ok(objects.complete(&Assembly::default()).snapshot(server))
}

/// Reads everything; objects that are as they were in `before` are shared with it.
async fn complete(
    client: &Client,
    prepared: &Prepared,
    excluded: &Excluded,
    before: Assembly,
) -> Result<Last> {
    let asked = prepared.complete().map(async |(query, statement)| {
        let rows = client.query(statement, &[]).await.fault()?;
        Ok((query, rows))
    });
    let (versions, rows) = try_join(Versions::read(client, prepared), try_join_all(asked)).await?;
    let objects = Objects::of(excluded, &rows)?;
    Ok(Last { versions, assembly: objects.complete(&before) })
}

/// Reads what changed since the last reading.
async fn again(client: &Client, prepared: &mut Prepared, excluded: &Excluded, last: Last) -> Result<Last> {
    let versions = Versions::read(client, prepared).await?;
    let changed = match versions.changes_since(&last.versions, client, prepared).await? {
        Changes::Units(changed) => changed,
        Changes::Everything => return complete(client, prepared, excluded, last.assembly).await,
    };
    if changed.is_empty() {
        return Ok(Last { versions, assembly: last.assembly });
    }
    let units = prepared.units(client).await?;
    let asked =
        units.all().filter_map(|(query, statement)| Some((query, statement, changed.read(query.scope)?)));
    let rows = asked.map(async |(query, statement, oids)| {
        let rows = client.query(statement, &[&oids]).await.fault()?;
        Ok((query, rows))
    });
    let objects = Objects::of(excluded, &try_join_all(rows).await?)?;
    Ok(Last { versions, assembly: objects.in_part(last.assembly, &changed) })
}

fn could_not(fault: Fault) -> Fault {
    let why = match &fault.why {
        Some(why) => format!("{}\n{why}", fault.what),
        None => fault.what.clone(),
    };
    Fault { what: "the catalog could not be read".to_owned(), ..fault }.why(why)
}
