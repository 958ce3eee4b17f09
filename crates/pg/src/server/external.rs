//! A server of the user's own as a shadow: databases named `gl_…` are made there and dropped at the end.
//! Each run holds an advisory lock, so that the databases of a run that was killed are told from those of
//! one that runs, and dropped by the next. Out: any other change to that server. Called by `Server`.

use super::database::Address;
use super::wanted::{OtherMajor, Wanted};
use crate::client::{Client, OrFault as _, Target, connect};
use groundline_core::{Fault, Major, Result, ServerVersion, quote_ident, quote_literal};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The first key of the advisory locks: "grnd" in ASCII.
const LOCK_CLASS: i32 = 0x6772_6e64;

/// The comment by which the databases of shadows are known.
const COMMENT: &str = "shadow database of groundline, dropped at the end of its run";

/// A server of the user's own.
pub(crate) struct External {
    pub address: Address,
    pub version: ServerVersion,
    pub other_major: Option<OtherMajor>,
    url: String,
    run: i32,
    made: Mutex<BTreeSet<String>>,
}

impl External {
    /// Connects, checks the major, drops what a killed run left, and takes this run's lock.
    pub async fn start(url: &str, wanted: &Wanted) -> Result<(Self, Client)> {
        let address = Address::of(&Target::parse(url)?)?;
        let client = connect(url).await?;
        let version = version(&client).await?;
        let other_major = check_major(version, wanted)?;
        sweep(&client).await?;
        let run = take_run(&client).await?;
        let made = Mutex::default();
        Ok((Self { address, version, other_major, url: url.to_owned(), run, made }, client))
    }

    /// The name of a database of this run.
    pub fn name(&self, purpose: &str, count: u64) -> String {
        format!("gl_{purpose}_r{}_{count}", self.run)
    }

    /// Remembers a database to drop at the end, and marks it on the server.
    pub async fn remember(&self, client: &Client, name: &str) -> Result<()> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        let comment = format!("COMMENT ON DATABASE {} IS {}", quote_ident(name), quote_literal(COMMENT));
        client.batch_execute(&comment).await.fault()
    }

    /// A database was dropped already.
    pub fn forget(&self, name: &str) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Drops what is left of this run's databases.
    pub async fn drop_all(&self) -> Result<()> {
        let left = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        if left.is_empty() {
            return Ok(());
        }
        let client = connect(&self.url).await?;
        for name in left {
            drop_database(&client, &name).await?;
        }
        Ok(())
    }
}

impl Drop for External {
    fn drop(&mut self) {
        if self.made.get_mut().unwrap_or_else(PoisonError::into_inner).is_empty() {
            return;
        }
        let external = &*self;
        // A thread with a runtime of its own: this may run inside another runtime, which must not be blocked on.
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                // What can't be dropped now is dropped by the next run.
                runtime.map(|runtime| runtime.block_on(external.drop_all()).is_ok())
            });
        });
    }
}

/// Drops a database and ends the sessions in it.
pub(crate) async fn drop_database(client: &Client, name: &str) -> Result<()> {
    let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote_ident(name));
    client.batch_execute(&drop).await.fault()
}

/// The version that a server states.
async fn version(client: &tokio_postgres::Client) -> Result<ServerVersion> {
    let row =
        client.query_typed_one("SELECT current_setting('server_version_num')::int", &[]).await.fault()?;
    Ok(ServerVersion::from_num(row.get::<_, i32>(0).unsigned_abs()))
}

fn check_major(version: ServerVersion, wanted: &Wanted) -> Result<Option<OtherMajor>> {
    let major = version.major();
    if !Major::SUPPORTED.contains(&major) {
        let supported = Major::SUPPORTED.map(|major| major.to_string()).join(", ");
        return Err(Fault::new(format!(
            "the server at the URL is PostgreSQL {version}, which is not supported"
        ))
        .why(format!("supported are the majors {supported}")));
    }
    match wanted.major.filter(|wanted| *wanted != major) {
        None => Ok(None),
        Some(wanted_major) if wanted.allow_other_major => Ok(Some(OtherMajor { wanted: wanted_major })),
        Some(wanted_major) => {
            Err(Fault::new(format!("the server at the URL is PostgreSQL {version}, not {wanted_major}"))
                .next("name a server of the wanted major, or let this one stand in: --allow-other-major"))
        }
    }
}

/// Drops the databases of runs whose lock nobody holds.
async fn sweep(client: &Client) -> Result<()> {
    let of_shadows = "SELECT datname, substring(datname FROM '_r([0-9]+)_[0-9]+$')::int
        FROM pg_database
        WHERE datname ~ '^gl_.*_r[0-9]{1,9}_[0-9]+$' AND shobj_description(oid, 'pg_database') = $1";
    for row in client.query(of_shadows, &[&COMMENT]).await.fault()? {
        let (name, run): (&str, i32) = (row.get(0), row.get(1));
        let lock =
            client.query_one("SELECT pg_try_advisory_lock($1, $2)", &[&LOCK_CLASS, &run]).await.fault()?;
        if lock.get(0) {
            let dropped = drop_database(client, name).await;
            client.query_one("SELECT pg_advisory_unlock($1, $2)", &[&LOCK_CLASS, &run]).await.fault()?;
            dropped?;
        }
    }
    Ok(())
}

/// A number of this run's own, locked as long as the session lives.
async fn take_run(client: &Client) -> Result<i32> {
    let take =
        "SELECT run, pg_try_advisory_lock($1, run) FROM (SELECT (random() * 999999999)::int AS run) AS r";
    loop {
        let row = client.query_one(take, &[&LOCK_CLASS]).await.fault()?;
        if row.get(1) {
            return Ok(row.get(0));
        }
    }
}
