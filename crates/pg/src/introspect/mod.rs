//! Reading a catalog snapshot from a server: completely, or only what changed since the last reading.
//! Out: what objects and properties mean (`catalog`); which kinds there are and their queries (`queries`, `raw`).
//! Called by stages, onboarding and the commands.
//!
//! All of it is read under settings of our own, inside the caller's transaction or one of its own; both leave the
//! session as it was. Expressions, views and rare kinds are printed by the server; frequent kinds are read as rows of
//! numbers and names, and printed here in the server's words. A [`Reader`] that reads the same database again first asks
//! for the versions of the catalog's rows (`versions`), and reads only the relations and routines that changed or whose
//! printed form can name one that changed. A change of anything else is read completely.

mod ask;
mod assemble;
mod dependencies;
mod expression;
mod known;
mod names;
mod printed;
mod printer;
mod queries;
mod raw;
mod reading;
mod reference;
mod row;
mod scope;
mod session;
mod versions;

pub use reference::{properties, reference};
pub use scope::Excluded;

use ask::{Asker, Prepared};
use assemble::Assembly;
use futures_util::future::try_join;
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Result, ServerVersion};
use session::Session;
use tokio_postgres::Client;
use versions::{Changes, Versions};

/// Reads the database of one connection, again and again. It must be given the same client each time.
pub struct Reader {
    excluded: Excluded,
    prepared: Option<Prepared>,
    /// Whether it remembers what it read, to read only what changed the next time.
    remembers: bool,
    last: Option<Last>,
}

/// What the last reading saw.
struct Last {
    versions: Option<Versions>,
    assembly: Assembly,
}

impl Reader {
    /// A reader that has seen nothing yet.
    pub fn new(excluded: Excluded) -> Self {
        Self { excluded, prepared: Some(Prepared::default()), remembers: true, last: None }
    }

    /// The same, without prepared statements: for connections that may go through a pooler.
    pub fn through_poolers(excluded: Excluded) -> Self {
        Self { prepared: None, ..Self::new(excluded) }
    }

    /// The same for one reading, which then has less to ask.
    pub fn once(excluded: Excluded) -> Self {
        Self { prepared: None, remembers: false, ..Self::new(excluded) }
    }

    /// The schema now, with uncommitted changes of an open transaction. Faults: the server refuses a query.
    pub async fn read(&mut self, client: &Client) -> Result<Snapshot> {
        let session = Session::open(client).await?;
        // Half a reading is no base for the next: on a fault nothing is kept.
        let last = self.last.take();
        let server = session.server;
        let read = self.read_inside(client, server, last).await.map_err(could_not);
        let needs = dependencies::of(client, &self.excluded).await;
        session.close(client).await?;
        let last = read?;
        let snapshot = self.last.insert(last).assembly.snapshot(server);
        Ok(self.excluded.scope.narrow(Snapshot { needs: needs?, ..snapshot }))
    }

    async fn read_inside(&self, client: &Client, server: ServerVersion, last: Option<Last>) -> Result<Last> {
        let asker = match &self.prepared {
            Some(prepared) => Asker::again(client, prepared),
            None => Asker::once(client),
        };
        // All questions at once are large: on the heap, not on the stack of whoever reads.
        asker.answering(Box::pin(self.ask(&asker, server, last))).await
    }

    async fn ask(&self, asker: &Asker<'_>, server: ServerVersion, last: Option<Last>) -> Result<Last> {
        let Some(Last { versions: Some(mut versions), assembly }) = last else {
            let versions = async {
                match self.remembers {
                    true => Versions::read(asker, server, self.excluded.profile).await.map(Some),
                    false => Ok(None),
                }
            };
            let objects = Box::pin(reading::complete(asker, server, &self.excluded));
            let (versions, objects) = try_join(versions, objects).await?;
            return Ok(Last { versions, assembly: objects.complete(&Assembly::default()) });
        };
        let assembly = match versions.update(asker, server, self.excluded.profile).await? {
            Changes::Units(changed) if changed.is_empty() => assembly,
            Changes::Units(changed) => {
                let objects = Box::pin(reading::in_part(asker, server, &self.excluded, &changed)).await?;
                objects.in_part(assembly, &changed)
            }
            Changes::Everything => {
                Box::pin(reading::complete(asker, server, &self.excluded)).await?.complete(&assembly)
            }
        };
        Ok(Last { versions: Some(versions), assembly })
    }
}

/// The schema of a database, once, on a connection that is in no transaction. It works through a pooler that gives a
/// transaction one server connection, and on a standby.
pub async fn read(client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    read_in(Session::alone(client).await?, client, excluded).await
}

/// The same inside the caller's transaction, with its uncommitted changes.
pub async fn read_inside(client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    read_in(Session::open(client).await?, client, excluded).await
}

async fn read_in(session: Session, client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    let server = session.server;
    let asker = Asker::once(client);
    let read = asker.answering(reading::complete(&asker, server, excluded)).await;
    let read = read.map(|objects| objects.complete(&Assembly::default()).into_snapshot(server));
    let read = read.map_err(could_not);
    let needs = dependencies::of(client, excluded).await;
    session.close(client).await?;
    Ok(excluded.scope.narrow(Snapshot { needs: needs?, ..read? }))
}

/// What the catalogs of a server have that this version of Groundline does not know, a sentence for each catalog. A
/// reading of a server of a newer major has these sentences as its notes.
pub async fn unknown(client: &Client) -> Result<Vec<String>> {
    let asker = Asker::once(client);
    asker.answering(known::unknown(&asker)).await
}

fn could_not(fault: Fault) -> Fault {
    let why = match &fault.why {
        Some(why) => format!("{}\n{why}", fault.what),
        None => fault.what.clone(),
    };
    Fault { what: "the catalog could not be read".to_owned(), ..fault }.why(why)
}
