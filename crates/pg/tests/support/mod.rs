//! A real server for tests, started as Groundline starts its own: one a test binary, one database a test.
//! Out: what is tested.
//! This is the one place that knows where the server comes from.
#![allow(dead_code, reason = "every test binary has its own copy of this module, and none needs all of it")]

use groundline_core::Major;
use groundline_pg::client::Client;
use groundline_pg::server::{self, Announce, Server, UrlParts, Wanted, default_cache};
use std::future::pending;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{OnceLock, mpsc};
use tokio::runtime::Builder;

/// A fresh, empty database.
pub struct Database {
    pub name: String,
    pub client: Client,
    inner: server::Database,
}

struct OnStderr;

impl Announce for OnStderr {
    fn say(&self, line: &str) {
        eprintln!("{line}");
    }
}

/// The environment's wishes, under the names that the command line reads.
fn wanted() -> Wanted {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut wanted = Wanted::new(set("GROUNDLINE_CACHE").map_or_else(default_cache, PathBuf::from));
    wanted.major = set("GROUNDLINE_POSTGRES")
        .map(|major| major.parse::<Major>().expect("GROUNDLINE_POSTGRES must be a major version"));
    wanted.use_installed = set("GROUNDLINE_NO_INSTALLED_POSTGRES").is_none();
    wanted.allow_fetch = set("GROUNDLINE_OFFLINE").is_none();
    wanted
}

/// The server of this process. Nobody stops it: the kernel does, when the process ends.
///
/// # Panics
/// When no server can be had: tests need one and do not skip.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (started, start) = mpsc::channel();
        // The server's own session is driven by the runtime that started it, which has to outlive every test.
        std::thread::spawn(move || {
            let runtime =
                Builder::new_current_thread().enable_all().build().expect("a runtime for the server");
            runtime.block_on(async {
                // The receiver waits for exactly this message.
                let _ = started.send(Server::start(&wanted(), &OnStderr).await);
                pending::<()>().await;
            });
        });
        let server = start.recv().expect("the server's thread lives");
        server.unwrap_or_else(|fault| panic!("no server for the tests: {fault:#?}"))
    })
}

/// An empty database that somebody has to drop with `remove`.
pub async fn create() -> Database {
    let inner = server().create_database("test").await.expect("create the test database");
    let client = inner.connect().await.expect("connect to the test database");
    Database { name: inner.name.clone(), client, inner }
}

/// A copy of a database, which nobody may be using; both are open afterwards.
pub async fn copy(of: Database) -> (Database, Database) {
    let Database { name, client, inner } = of;
    client.close().await;
    let twin = server().copy_database(&inner, "test_copy").await.expect("copy the test database");
    let client = inner.connect().await.expect("connect to the test database");
    let twin_client = twin.connect().await.expect("connect to the copy");
    let twin = Database { name: twin.name.clone(), client: twin_client, inner: twin };
    (Database { name, client, inner }, twin)
}

/// A database that nobody is connected to, to make copies of.
pub struct Shelf(server::Database);

impl Database {
    /// Leaves it.
    pub async fn shelve(self) -> Shelf {
        self.client.close().await;
        Shelf(self.inner)
    }
}

impl Shelf {
    /// Its name, which needs no quotes.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Connects to it.
    pub async fn open(self) -> Database {
        let client = self.0.connect().await.expect("connect to the test database");
        Database { name: self.0.name.clone(), client, inner: self.0 }
    }

    /// A copy, which somebody has to drop with `remove`. Several may be made at a time.
    pub async fn copy(&self) -> Database {
        let inner = server().copy_database(&self.0, "test_copy").await.expect("copy the test database");
        let client = inner.connect().await.expect("connect to the copy");
        Database { name: inner.name.clone(), client, inner }
    }

    /// Drops it.
    pub async fn remove(self) {
        server().drop_database(self.0).await.expect("drop the test database");
    }
}

impl Database {
    /// The database as the program knows it.
    pub fn inner(&self) -> &server::Database {
        &self.inner
    }

    /// Its URL, for what makes connections of its own.
    pub fn url(&self) -> String {
        self.inner.url()
    }
}

/// Drops a database.
pub async fn remove(database: Database) {
    let Database { client, inner, .. } = database;
    client.close().await;
    server().drop_database(inner).await.expect("drop the test database");
}

/// An empty database, dropped afterwards.
pub async fn with_database(test: impl AsyncFnOnce(&Database)) {
    let database = create().await;
    test(&database).await;
    remove(database).await;
}

/// A client program of the server's own installation, with a database to connect to; none where the installation
/// lacks it, as a build fetched through npm lacks `pg_dump`.
pub fn program(name: &str, database: &Database) -> Option<Command> {
    let UrlParts { host, port, user, .. } = database.inner.url_parts();
    let mut command = Command::new(server().program(name)?);
    command.env("PGHOST", host).env("PGPORT", port.to_string()).env("PGUSER", user);
    command.env("PGDATABASE", &database.name).env("LC_ALL", "C");
    Some(command)
}

/// The rows of a query as text; NULL as `null`.
pub async fn rows(client: &tokio_postgres::Client, query: &str) -> Vec<Vec<String>> {
    let messages = client.simple_query(query).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let row = |message: &tokio_postgres::SimpleQueryMessage| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).unwrap_or("null").to_owned()).collect())
        }
        _ => None,
    };
    messages.iter().filter_map(row).collect()
}
