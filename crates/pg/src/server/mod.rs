//! The shadow PostgreSQL: finding, fetching, starting and stopping servers, and the databases on them.
//! Out: what is run there. Called by `cli`, drills, restores and every other door to a database.
//!
//! In order: a URL of the user's, an installed PostgreSQL, the cache, a fetched one (`resolve`). `initdb` runs
//! once per installation (`template`); a server starts on a copy of it and is stopped and removed when dropped,
//! and by the kernel when Groundline is killed (`process`); what a killed one leaves, the next start sweeps
//! (`run_folder`).

mod account;
mod advice;
mod companion;
mod database;
mod external;
mod fetch;
mod installation;
mod installed;
mod own;
mod pins;
mod process;
mod resolve;
mod room;
mod run_folder;
mod survey;
mod template;
mod unpack;
mod wanted;
#[cfg(any(test, not(target_os = "linux")))]
mod watchdog;

pub use database::{Database, UrlParts, filled};
pub use installation::Installation;
pub use room::default_cache;
pub use survey::{Candidate, Whereabouts, survey};
pub use wanted::{Announce, Origin, OtherMajor, Source, Wanted};

use crate::client::{Client, OrFault as _};
use external::External;
use groundline_core::{Fault, Major, Result, ServerVersion, quote_ident};
use own::Own;
use room::Room;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A running shadow PostgreSQL. Dropping it stops the server and removes its data folder; on a server of the
/// user's own it drops the databases that were made there.
pub struct Server {
    // Declared first, dropped first: the session ends before its server.
    client: Client,
    kind: Kind,
    origin: Origin,
    count: AtomicU64,
}

enum Kind {
    Own(Box<Own>),
    External(Box<External>),
}

impl Server {
    /// Finds what is wanted, fetches it if need be, starts it and waits until it answers.
    ///
    /// Faults: nothing can be had (with the command that installs it), the server does not start (with the end
    /// of its log), the disk is full, the URL's server can't be reached or is of another major.
    pub async fn start(wanted: &Wanted, announce: &dyn Announce) -> Result<Server> {
        let (client, kind, origin) = match &wanted.url {
            Some(url) => {
                let (external, client) = External::start(url, wanted).await?;
                let source = Source::Url { url: groundline_core::scrub(url) };
                let origin =
                    Origin { version: external.version, source, other_major: external.other_major.clone() };
                (client, Kind::External(Box::new(external)), origin)
            }
            None => {
                let room = Room::open(&wanted.cache)?;
                run_folder::sweep(&room)?;
                let resolved = resolve::resolve(&room, wanted, announce).await?;
                let (version, source) = (resolved.installation.version, resolved.installation.source.clone());
                let origin = Origin { version, source, other_major: resolved.other_major.clone() };
                let (own, client) = Own::start(&room, resolved).await?;
                (client, Kind::Own(Box::new(own)), origin)
            }
        };
        Ok(Server { client, kind, origin, count: AtomicU64::new(1) })
    }

    /// Starts another server of this one's installation on a copy of a data folder, such as a physical backup's, and connects to
    /// one of its databases as its first superuser.
    ///
    /// # Errors
    /// This server is one at a URL, or the copy does not start.
    pub async fn start_on_copy(&self, of: &Path, superuser: &str, database: &str) -> Result<Server> {
        let Kind::Own(own) = &self.kind else {
            return Err(Fault::new("a data folder is tried on a server that Groundline starts itself")
                .next("leave the URL of the shadow server out"));
        };
        let (own, client) = own.start_on_copy(of, superuser, database).await?;
        let kind = Kind::Own(Box::new(own));
        Ok(Server { client, kind, origin: self.origin.clone(), count: AtomicU64::new(1) })
    }

    /// A database of a server that Groundline started, by its name; nothing of one at a URL.
    pub(crate) fn database(&self, name: &str) -> Option<Database> {
        match &self.kind {
            Kind::Own(own) => Some(Database::new(name.to_owned(), own.address())),
            Kind::External(_) => None,
        }
    }

    /// Its version.
    pub fn version(&self) -> ServerVersion {
        self.origin.version
    }

    /// Where it came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Makes an empty database, named after its purpose: `gl_drill_3`.
    pub async fn create_database(&self, purpose: &str) -> Result<Database> {
        self.create(purpose, "TEMPLATE template0").await
    }

    /// Makes a copy of a database. No session may be in `from` (see [`Client::close`]); sessions that are about
    /// to end are waited for, for 5 seconds.
    pub async fn copy_database(&self, from: &Database, purpose: &str) -> Result<Database> {
        self.wait_until_left(from).await?;
        self.create(purpose, &format!("TEMPLATE {}", quote_ident(&from.name))).await
    }

    /// Drops a database and ends the sessions in it.
    pub async fn drop_database(&self, database: Database) -> Result<()> {
        external::drop_database(&self.client, &database.name).await?;
        if let Kind::External(external) = &self.kind {
            external.forget(&database.name);
        }
        Ok(())
    }

    /// The path of a program of this very PostgreSQL (`pg_dump`, `pg_restore`, `psql`), if it has it. For a server
    /// at a URL, that of an installed one of the same major.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        match &self.kind {
            Kind::Own(own) => own.installation.program(name),
            Kind::External(external) => installed::installed(Some(external.version.major()))
                .iter()
                .find_map(|installation| installation.program(name)),
        }
    }

    /// Stops the server and removes its data folder; on a server of the user's own, drops the databases that
    /// were made there. Dropping does the same, but has nobody to tell of a fault.
    pub async fn stop(self) -> Result<()> {
        let Self { client, kind, .. } = self;
        match kind {
            Kind::Own(own) => {
                drop(client);
                let stopped = tokio::task::spawn_blocking(move || own.stop()).await;
                stopped.map_err(|error| Fault::new("could not stop the server").why(error.to_string()))?
            }
            Kind::External(external) => {
                // The session holds the run's lock: it ends last.
                let dropped = external.drop_all().await;
                client.close().await;
                dropped
            }
        }
    }

    /// The end of the server's log, for one that died in the middle; empty for a server at a URL.
    pub fn log_tail(&self) -> String {
        match &self.kind {
            Kind::Own(own) => own.log_tail(),
            Kind::External(_) => String::new(),
        }
    }

    /// Whether the server still answers.
    pub async fn is_alive(&self) -> bool {
        let runs = match &self.kind {
            Kind::Own(own) => own.is_alive(),
            Kind::External(_) => true,
        };
        let answer = tokio::time::timeout(Duration::from_secs(5), self.client.batch_execute("SELECT 1"));
        runs && answer.await.is_ok_and(|answer| answer.is_ok())
    }

    /// An error, with the end of its log, if it answers no more: then nothing that failed on it says anything
    /// about a revision.
    pub async fn assert_alive(&self) -> Result<()> {
        if self.is_alive().await {
            return Ok(());
        }
        let fault = Fault::new("the shadow server ended in the middle of the run");
        let log = self.log_tail();
        let fault = if log.is_empty() { fault } else { fault.why(log.trim_end()) };
        Err(fault.next(match log.contains("No space left on device") {
            true => "free some space, or set GROUNDLINE_CACHE to a folder on another disk",
            false => "run it again; a full disk and a lack of memory are the usual reasons",
        }))
    }

    /// Whether Groundline started it, so that nobody else is on it.
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Own(_))
    }

    /// The names of all roles.
    pub async fn roles(&self) -> Result<Vec<String>> {
        let rows =
            self.client.query("SELECT rolname FROM pg_catalog.pg_roles ORDER BY 1", &[]).await.fault()?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Drops the roles that are not in `keep`; on a server of the user's own it drops none. Roles belong to a
    /// whole server: those that a history makes would be in its own way the next time it is played. Nothing
    /// may depend on them any more: their databases are dropped first.
    pub async fn drop_other_roles(&self, keep: &[String]) -> Result<()> {
        if !self.is_ours() {
            return Ok(());
        }
        for role in self.roles().await?.iter().filter(|role| !keep.contains(role)) {
            self.client.batch_execute(&format!("DROP ROLE {}", quote_ident(role))).await.fault()?;
        }
        Ok(())
    }

    async fn create(&self, purpose: &str, how: &str) -> Result<Database> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let purpose = name_part(purpose);
        let name = match &self.kind {
            Kind::Own(_) => format!("gl_{purpose}_{count}"),
            Kind::External(external) => external.name(&purpose, count),
        };
        self.client.batch_execute(&format!("CREATE DATABASE {} {how}", quote_ident(&name))).await.fault()?;
        let address = match &self.kind {
            Kind::Own(own) => own.address(),
            Kind::External(external) => {
                external.remember(&self.client, &name).await?;
                external.address.clone()
            }
        };
        Ok(Database::new(name, address))
    }

    /// PostgreSQL itself waits for sessions to leave a database that is copied, but looks only every 100 ms.
    async fn wait_until_left(&self, database: &Database) -> Result<()> {
        let sessions = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1)";
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(200) {
            if !self.client.query_one(sessions, &[&database.name]).await.fault()?.get::<_, bool>(0) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

/// Fetches a major into a cache unless it holds it already. Faults: nothing could be had, with what was tried
/// and the command that installs it.
pub async fn fetch(major: Major, cache: &Path, announce: &dyn Announce) -> Result<Installation> {
    let room = Room::open(cache)?;
    let fetched = fetch::fetch_major(&room, major, announce).await;
    fetched.map_err(|fault| fault.next(format!("install it: {}", advice::install(major))))
}

/// Copies a data folder, with the rights that PostgreSQL asks of one, for a server that somebody else starts.
pub(crate) fn copy_data(from: &Path, to: &Path) -> Result<()> {
    template::copy(from, to, &account::Account::own())
}

/// A purpose as a part of a name: at most 24 letters, digits and underscores.
fn name_part(purpose: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    purpose.chars().map(plain).take(24).collect()
}
