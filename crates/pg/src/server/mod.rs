//! The shadow PostgreSQL: finding, fetching, starting and stopping servers.
//! Out: what is run on it. Called by `cli`, drills, restores and every other door to a database.

mod database;
mod wanted;

pub use database::{Database, UrlParts};
pub use wanted::{Announce, Origin, OtherMajor, Source, Wanted};

use groundline_core::{Result, ServerVersion};
use std::path::PathBuf;

/// A running shadow PostgreSQL. Dropping it kills the server and removes its data folder.
pub struct Server {
    origin: Origin,
}

#[allow(clippy::todo, clippy::unused_async, missing_docs)]
impl Server {
    pub async fn start(_wanted: &Wanted, _announce: &dyn Announce) -> Result<Server> {
        todo!()
    }
    pub fn version(&self) -> ServerVersion {
        self.origin.version
    }
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
    pub async fn create_database(&self, _purpose: &str) -> Result<Database> {
        todo!()
    }
    pub async fn copy_database(&self, _from: &Database, _purpose: &str) -> Result<Database> {
        todo!()
    }
    pub async fn drop_database(&self, _database: Database) -> Result<()> {
        todo!()
    }
    /// The program `name` of this PostgreSQL, if the installation has it.
    pub fn program(&self, _name: &str) -> Option<PathBuf> {
        todo!()
    }
    pub async fn stop(self) -> Result<()> {
        todo!()
    }
    pub fn log_tail(&self) -> String {
        todo!()
    }
    pub async fn is_alive(&self) -> bool {
        todo!()
    }
}
