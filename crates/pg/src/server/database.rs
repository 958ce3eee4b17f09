//! A database on a shadow server: its name, its URL, its parts for templates.

use crate::client::{self, Client};
use groundline_core::Result;

/// A database on a shadow server.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its name, `gl_<purpose>_<n>`.
    pub name: String,
    parts: UrlParts,
}

/// The parts of a database's URL, for templates of an application's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlParts {
    /// Host name, address or the absolute path of a socket folder.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Role.
    pub user: String,
    /// Password, if there is one.
    pub password: Option<String>,
    /// Database.
    pub database: String,
}

#[allow(clippy::todo, missing_docs)]
impl Database {
    pub fn url(&self) -> String {
        todo!()
    }
    pub fn url_parts(&self) -> UrlParts {
        self.parts.clone()
    }
    pub async fn connect(&self) -> Result<Client> {
        client::connect(&self.url()).await
    }
}
