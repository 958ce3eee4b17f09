//! Reading a catalog snapshot from a server: completely, or only what changed since the last reading.
//! Out: what objects and properties mean (`catalog`); which kinds there are and their queries (`queries`, `raw`).
//! Called by stages, onboarding and the commands.
//!
//! All of it is read under settings of our own, inside the caller's transaction or one of its own; both leave the
//! session as it was. Expressions, views and rare kinds are printed by the server; frequent kinds are read as rows of
//! numbers and names, and printed here in the server's words. A [`Reader`] that reads the same database again first asks
//! for the versions of the catalog's rows (`versions`), and reads only the relations and routines that changed or whose
//! printed form can name one that changed. A change of anything else is read completely. A new session's server plans
//! each query anew, which takes longer than small catalogs do: [`read_at`] has two sessions share that.

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

use crate::client::{self, OrFault as _};
use ask::{Asker, Helper, Prepared};
use assemble::Assembly;
use dependencies::{Needs, Relations};
use futures_util::future::{join, join3, try_join};
use groundline_catalog::Snapshot;
use groundline_catalog::ddl::Dependencies;
use groundline_core::{Fault, Result, ServerVersion};
use session::Session;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;
use tokio_postgres::Client;
use versions::{Changes, Sums, Versions};

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
    server: ServerVersion,
    versions: Option<Versions>,
    assembly: Assembly,
    /// Where it is read what needs what.
    relations: Relations,
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
        // Half a reading is no base for the next: on a fault nothing is kept.
        let last = self.last.take();
        let asker = match &self.prepared {
            Some(prepared) => Asker::again(client, prepared),
            None => Asker::once(client),
        };
        let (session, sums) = self.open(client, &asker, last.as_ref()).await?;
        // All questions at once are large: on the heap, not on the stack of whoever reads.
        let ask = Box::pin(self.ask(&asker, session.server, last, sums));
        let ask = try_join(dependencies::of(&asker, &self.excluded), ask);
        let read = asker.answering(ask).await.map_err(could_not);
        // The snapshot is made while the server ends the session's reading.
        let made = async {
            yield_now().await;
            let (needs, last) = read?;
            let last = self.last.insert(last);
            let snapshot = last.assembly.snapshot(last.server);
            let needs = resolve(needs.as_ref(), &last.relations);
            Ok(self.excluded.scope.narrow(Snapshot { needs, ..snapshot }))
        };
        let (closed, made) = join(session.close(client), made).await;
        closed.and(made)
    }

    /// Begins reading, and asks with the same step what changed, where there is something to compare with.
    async fn open(
        &self,
        client: &Client,
        asker: &Asker<'_>,
        last: Option<&Last>,
    ) -> Result<(Session, Option<Result<Sums>>)> {
        let Some(Last { server, versions: Some(versions), .. }) = last else {
            return Ok((Session::open(client).await?, None));
        };
        let sums = async || asker.answering(versions.sums(asker, *server, self.excluded.profile)).await;
        let (session, early) = join(Session::open(client), sums()).await;
        let session = session?;
        let sums = match session.is_callers {
            true => early,
            // They are of before the transaction.
            false => sums().await,
        };
        Ok((session, Some(sums)))
    }

    async fn ask(
        &self,
        asker: &Asker<'_>,
        server: ServerVersion,
        last: Option<Last>,
        sums: Option<Result<Sums>>,
    ) -> Result<Last> {
        let complete = async || Box::pin(reading::complete(asker, server, &self.excluded)).await;
        let (Some(Last { versions: Some(mut versions), assembly, mut relations, .. }), Some(sums)) =
            (last, sums)
        else {
            let versions = async {
                match self.remembers {
                    true => Versions::read(asker, server, self.excluded.profile).await.map(Some),
                    false => Ok(None),
                }
            };
            let (versions, answers) = try_join(versions, complete()).await?;
            let relations = answers.relations(&self.excluded, Relations::default());
            let assembly = answers.objects(&self.excluded)?.complete(&Assembly::default());
            return Ok(Last { server, versions, assembly, relations });
        };
        let assembly = match versions.update(asker, sums?).await? {
            Changes::Units(changed) if changed.is_empty() => assembly,
            Changes::Units(changed) => {
                let answers = Box::pin(reading::in_part(asker, server, &self.excluded, &changed)).await?;
                relations = answers.relations(&self.excluded, relations);
                answers.objects(&self.excluded)?.in_part(assembly, &changed)
            }
            Changes::Everything => {
                let answers = complete().await?;
                relations = answers.relations(&self.excluded, Relations::default());
                answers.objects(&self.excluded)?.complete(&assembly)
            }
        };
        Ok(Last { server, versions: Some(versions), assembly, relations })
    }
}

/// The schema of the database at a URL, once. A second connection takes half of the work, where the server gives one and
/// the first one's snapshot with it. It works through a pooler that gives a transaction one server connection, and on
/// a standby.
pub async fn read_at(url: &str, excluded: &Excluded) -> Result<Snapshot> {
    let client = match join(client::connect(url), client::connect(url)).await {
        (Ok(client), Ok(second)) => match Session::shared(&client).await {
            Ok((session, begin)) => {
                let helper = Helper::new(&second, begin);
                return read_in(session, &client, Some(&helper), excluded).await;
            }
            Err(_) => {
                // Its transaction failed, and is still there.
                client.batch_execute("ROLLBACK").await.fault()?;
                client
            }
        },
        // Either can be the one too many, and where both began at once, both.
        (Ok(client), Err(_)) | (Err(_), Ok(client)) => client,
        (Err(fault), Err(_)) if fault.sqlstate.as_deref() == Some(TOO_MANY_CONNECTIONS) => {
            sleep(AFTER_REFUSAL).await;
            client::connect(url).await?
        }
        (Err(fault), Err(_)) => return Err(fault),
    };
    read(&client, excluded).await
}

/// The schemas of the databases at two URLs, each as [`read_at`] reads it, one of them on a thread of its own: making
/// objects of one answer would keep the other server waiting.
pub async fn read_both(urls: [&str; 2], excluded: &Excluded) -> Result<[Snapshot; 2]> {
    let [one, other] = urls;
    let (url, apart) = (other.to_owned(), excluded.clone());
    let cannot = |why: String| Fault::new("a thread of its own can't read the second schema").why(why);
    let other = spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| cannot(error.to_string()))?.block_on(read_at(&url, &apart))
    });
    let other = async { other.await.unwrap_or_else(|ended| Err(cannot(ended.to_string()))) };
    let (one, other) = try_join(read_at(one, excluded), other).await?;
    Ok([one, other])
}

/// The server, the database or the role takes no further connection. Source: PostgreSQL manual, appendix A.
pub const TOO_MANY_CONNECTIONS: &str = "53300";

/// Until the server has forgotten the connections that it refused.
const AFTER_REFUSAL: Duration = Duration::from_millis(200);

/// The schema of a database, once, on a connection that is in no transaction.
pub async fn read(client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    read_in(Session::alone(client).await?, client, None, excluded).await
}

/// The same inside the caller's transaction, with its uncommitted changes.
pub async fn read_inside(client: &Client, excluded: &Excluded) -> Result<Snapshot> {
    read_in(Session::open(client).await?, client, None, excluded).await
}

async fn read_in(
    session: Session,
    client: &Client,
    helper: Option<&Helper<'_>>,
    excluded: &Excluded,
) -> Result<Snapshot> {
    let server = session.server;
    let asker = match helper {
        Some(helper) => Asker::with_helper(client, helper),
        None => Asker::once(client),
    };
    let work =
        try_join(dependencies::of(&asker, excluded), Box::pin(reading::complete(&asker, server, excluded)));
    let answers = asker.answering(work).await;
    // The snapshot is made while the server ends the reading.
    let made = async {
        yield_now().await;
        let (needs, answers) = answers.map_err(could_not)?;
        let needs = resolve(needs.as_ref(), &answers.relations(excluded, Relations::default()));
        let objects = answers.objects(excluded).map_err(could_not)?;
        let snapshot = objects.complete(&Assembly::default()).into_snapshot(server);
        Ok(excluded.scope.narrow(Snapshot { needs, ..snapshot }))
    };
    let helped = async {
        match helper {
            Some(helper) => helper.end().await,
            None => Ok(()),
        }
    };
    let (closed, helped, made) = join3(session.close(client), helped, made).await;
    closed.and(helped).and(made)
}

/// What the catalogs of a server have that this version of Groundline does not know, a sentence for each catalog. A
/// reading of a server of a newer major has these sentences as its notes.
pub async fn unknown(client: &Client) -> Result<Vec<String>> {
    let asker = Asker::once(client);
    asker.answering(known::unknown(&asker)).await
}

fn resolve(needs: Option<&Needs>, relations: &Relations) -> Arc<Dependencies> {
    Arc::new(needs.map(|needs| needs.resolve(relations)).unwrap_or_default())
}

fn could_not(fault: Fault) -> Fault {
    let why = match &fault.why {
        Some(why) => format!("{}\n{why}", fault.what),
        None => fault.what.clone(),
    };
    Fault { what: "the catalog could not be read".to_owned(), ..fault }.why(why)
}
