//! A real server for tests: every test gets a database of its own.
//! Out: what is tested.
//! This is the one place that knows where the server comes from.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_postgres::{Client, Config, NoTls};

/// A fresh, empty database.
pub struct Database {
    pub name: String,
    pub client: Client,
}

/// Where the server is.
///
/// # Panics
/// When `GROUNDLINE_TEST_URL` is not set: tests need a server and do not skip.
fn server() -> Config {
    let url = std::env::var("GROUNDLINE_TEST_URL").expect(
        "GROUNDLINE_TEST_URL must be the URL of a PostgreSQL server on which tests may create databases",
    );
    url.parse().expect("GROUNDLINE_TEST_URL must be a connection URL")
}

/// A connection to a database of the server, under its own user.
pub async fn connect(database: &str) -> Client {
    let mut config = server();
    let (client, connection) =
        config.dbname(database).connect(NoTls).await.expect("connect to the test server");
    tokio::spawn(connection);
    client
}

/// The value of a libpq environment, for client programs such as `pg_dump`.
pub fn program_environment(database: &str) -> Vec<(&'static str, String)> {
    let config = server();
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
        Some(tokio_postgres::config::Host::Unix(folder)) => folder.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let user = config.get_user().unwrap_or("postgres").to_owned();
    vec![("PGHOST", host), ("PGPORT", port), ("PGUSER", user), ("PGDATABASE", database.to_owned())]
}

/// An empty database, dropped afterwards (a failed test leaves it, for looking at).
pub async fn with_database(test: impl AsyncFnOnce(&Database)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("groundline_test_{}_{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let maintenance = connect("postgres").await;
    let create = format!("CREATE DATABASE {name} TEMPLATE template0");
    maintenance.batch_execute(&create).await.expect("create the test database");
    let database = Database { client: connect(&name).await, name };
    test(&database).await;
    let drop = format!("DROP DATABASE {} WITH (FORCE)", database.name);
    maintenance.batch_execute(&drop).await.expect("drop the test database");
}

/// The rows of a query as text; NULL as `null`.
pub async fn rows(client: &Client, query: &str) -> Vec<Vec<String>> {
    let messages = client.simple_query(query).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let row = |message: &tokio_postgres::SimpleQueryMessage| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).unwrap_or("null").to_owned()).collect())
        }
        _ => None,
    };
    messages.iter().filter_map(row).collect()
}
