//! Connecting to a server: connection strings, TLS, the session, faults from the server's errors.
//! Out: what is asked of the server. Called by everything in this crate.

mod environment;
mod fault;
mod target;
mod tls;

pub use fault::fault;
pub(crate) use fault::{OrFault, causes};
pub(crate) use target::Target;

use futures_util::TryStreamExt as _;
use groundline_core::{Fault, Result};
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use tokio::task::JoinHandle;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// A connection: a `tokio_postgres::Client` and the task that drives it. Dropping it ends the session.
pub struct Client {
    client: tokio_postgres::Client,
    connection: JoinHandle<()>,
}

impl Deref for Client {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &Self::Target {
        &self.client
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.client
    }
}

impl Client {
    /// Ends the session and waits until the connection is closed. For the moment before a database is
    /// copied or dropped; everywhere else dropping the client is enough.
    pub async fn close(self) {
        let Self { client, connection } = self;
        drop(client);
        // An error of the task itself would be a panic in the driver; the session is over either way.
        let _ = connection.await;
    }
}

/// Connects with a URL or a `key=value` connection string, read as libpq does (`sslmode`, `sslrootcert`,
/// `sslcert` and `sslkey` included); a service file, `PG…` variables and a password file fill in what it does not say. The session's `application_name` is `groundline` unless the string says
/// otherwise. Faults: a malformed string, TLS that can't be had, a server that can't be reached or refuses.
pub async fn connect(url: &str) -> Result<Client> {
    connect_told(&Target::parse(url)?).await
}

/// The same with a string that says everything, such as that of a server of our own: a person's variables lead elsewhere.
pub(crate) async fn connect_alone(url: &str) -> Result<Client> {
    connect_told(&Target::parse_alone(url)?).await
}

async fn connect_told(target: &Target) -> Result<Client> {
    connect_target(target).await.map_err(|error| match error {
        Unconnected::Fault(fault) => fault,
        Unconnected::Driver(error) => refused(target, &error),
    })
}

/// Why a connection did not come about: the raw error, for callers that try again.
pub(crate) enum Unconnected {
    /// Before the server was asked.
    Fault(Fault),
    /// The driver's error.
    Driver(tokio_postgres::Error),
}

/// Connects to a parsed target. What the driver does meanwhile is large, and on the heap, not in whoever connects.
pub(crate) async fn connect_target(target: &Target) -> Result<Client, Unconnected> {
    let connector = target.tls.connector().map_err(Unconnected::Fault)?;
    match connector {
        Some(tls) => {
            let (client, connection) =
                Box::pin(target.config.connect(tls)).await.map_err(Unconnected::Driver)?;
            Ok(Client { client, connection: tokio::spawn(drive(connection)) })
        }
        None => {
            let (client, connection) =
                Box::pin(target.config.connect(NoTls)).await.map_err(Unconnected::Driver)?;
            Ok(Client { client, connection: tokio::spawn(drive(connection)) })
        }
    }
}

/// Runs the connection to its end. Its error reaches the caller through the query that it breaks.
async fn drive<C: Future<Output = Result<(), tokio_postgres::Error>>>(connection: C) {
    let _ = connection.await;
}

fn refused(target: &Target, error: &tokio_postgres::Error) -> Fault {
    let what = format!("could not connect to the server at {}", target.place());
    let Some(said) = error.as_db_error() else {
        let fault = Fault::new(what).why(causes(error));
        return match &target.unused_passfile {
            Some(unused) => {
                fault.next(format!("{}: {}", unused.what, unused.next.as_deref().unwrap_or_default()))
            }
            None => fault.next("is the server running, and the URL right?"),
        };
    };
    let from_server = fault(error);
    let why = [Some(said.message().to_owned()), from_server.why].into_iter().flatten().collect::<Vec<_>>();
    let refused = Fault::new(what).why(why.join("\n")).sqlstate(said.code().code());
    match from_server.next {
        Some(next) => refused.next(next),
        None => refused,
    }
}

/// What the statements of one message did.
pub(crate) struct Completed {
    pub statements: usize,
    /// Of all of them.
    pub rows: u64,
}

/// Sends statements as one message. On an error: how many of them were completed before it.
/// Source: PostgreSQL manual, 55.2.2.1 "Multiple Statements in a Simple Query".
pub(crate) async fn complete(
    client: &tokio_postgres::Client,
    statements: &str,
) -> Result<Completed, (usize, tokio_postgres::Error)> {
    let mut completed = Completed { statements: 0, rows: 0 };
    let answered = async {
        let mut messages = pin!(client.simple_query_raw(statements).await?);
        while let Some(message) = messages.try_next().await? {
            if let SimpleQueryMessage::CommandComplete(rows) = message {
                completed.statements += 1;
                completed.rows += rows;
            }
        }
        Ok(())
    };
    match answered.await {
        Ok(()) => Ok(completed),
        Err(error) => Err((completed.statements, error)),
    }
}
