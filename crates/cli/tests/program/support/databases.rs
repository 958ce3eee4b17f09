//! Databases on a server that `groundline postgres run` runs, for commands that take a URL.

use super::Running;
use tokio::runtime::Runtime;

/// A server and a runtime to talk to it.
pub struct Databases {
    runtime: Runtime,
    url: String,
    // Ends with the test.
    _server: Running,
}

impl Databases {
    /// Starts a server.
    pub fn start() -> Self {
        let mut server = Running::start(&[]);
        let url = server.line();
        Self { runtime: Runtime::new().expect("a runtime"), url, _server: server }
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
