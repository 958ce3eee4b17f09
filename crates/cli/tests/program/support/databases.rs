//! Databases on a server that `groundline postgres run` runs, for commands that take a URL.

use super::Running;
use groundline_pg::client::Client;
use tokio::runtime::Runtime;
use tokio_postgres::SimpleQueryMessage;

/// A server and a runtime to talk to it.
pub struct Databases {
    runtime: Runtime,
    url: String,
    // Ends with the test.
    _server: Option<Running>,
}

impl Databases {
    /// Starts a server.
    pub fn start() -> Self {
        let mut server = Running::start(&[]);
        let url = server.line();
        Self { runtime: Runtime::new().expect("a runtime"), url, _server: Some(server) }
    }

    /// On a server that the test has.
    pub fn on(url: String) -> Self {
        Self { runtime: Runtime::new().expect("a runtime"), url, _server: None }
    }

    /// A new database in which some SQL was run; returns its URL.
    pub fn make(&self, name: &str, sql: &str) -> String {
        self.run(&self.url, &format!("CREATE DATABASE {name}"));
        let url = self.url_of(name);
        self.run(&url, sql);
        url
    }

    /// The URL of a database, whether it is there or not.
    pub fn url_of(&self, name: &str) -> String {
        let (start, rest) = self.url.split_once(":///").expect("the URL of a socket");
        let (_, rest) = rest.split_once('?').expect("a query");
        format!("{start}:///{name}?{rest}")
    }

    /// Runs SQL in the database that the server was started with.
    pub fn server_run(&self, sql: &str) {
        self.run(&self.url, sql);
    }

    /// The rows of a query as text, a line each, columns with a blank between them.
    pub fn rows(&self, url: &str, sql: &str) -> String {
        let rows = self.runtime.block_on(async {
            let client = groundline_pg::client::connect(url).await?;
            let answer = client.simple_query(sql).await;
            client.close().await;
            answer.map_err(|error| groundline_pg::client::fault(&error))
        });
        let rows = rows.unwrap_or_else(|fault| panic!("{fault:?}: {sql}"));
        let line = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).unwrap_or("null")).collect::<Vec<_>>().join(" "))
            }
            _ => None,
        };
        rows.iter().filter_map(line).collect::<Vec<_>>().join("\n")
    }

    /// A session that runs some SQL and stays, until it is dropped.
    pub fn session(&self, url: &str, sql: &str) -> Client {
        self.runtime.block_on(async {
            let client = groundline_pg::client::connect(url).await.expect("a connection");
            client.batch_execute(sql).await.expect("the session's SQL");
            client
        })
    }

    /// What the server says to a statement of a session; nothing where it does it.
    pub fn said(&self, session: &Client, sql: &str) -> Option<String> {
        let done = self.runtime.block_on(session.batch_execute(sql));
        done.err().map(|error| {
            error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned())
        })
    }

    /// Runs SQL in a database.
    pub fn run(&self, url: &str, sql: &str) {
        let done = self.runtime.block_on(async {
            let client = groundline_pg::client::connect(url).await?;
            let done = client.batch_execute(sql).await;
            client.close().await;
            done.map_err(|error| groundline_pg::client::fault(&error))
        });
        done.unwrap_or_else(|fault| panic!("{fault:?}: {sql}"));
    }
}
