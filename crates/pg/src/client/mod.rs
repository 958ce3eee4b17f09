//! Connecting to a server: TLS, settings of a session, faults from the server's errors.
//! Out: what is asked of the server. Called by everything in this crate.

use groundline_core::{Fault, Result};
use std::ops::{Deref, DerefMut};

/// A connection: a `tokio_postgres::Client` and the task that drives it.
pub struct Client {
    client: tokio_postgres::Client,
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
    /// Ends the session and waits until the connection is closed.
    pub async fn close(self) {}
}

/// Connects with a URL or a `key=value` connection string.
#[allow(clippy::todo)]
pub async fn connect(_url: &str) -> Result<Client> {
    todo!()
}

/// A fault with the server's message, detail, hint and SQLSTATE.
#[allow(clippy::todo)]
pub fn fault(_error: &tokio_postgres::Error) -> Fault {
    todo!()
}
