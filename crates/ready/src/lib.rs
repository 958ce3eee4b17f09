//! Refuse to start unless the database is at the revision that the code was built with: one query at start.
//! In: what the lock file says, the query of each migration tool's history table, and what its answer means.
//! Out: changing anything, connecting. Called by applications (features `tokio-postgres`, `sqlx`), and by `groundline ready`.
//!
//! ```no_run
//! # const LOCK: &str = "";
//! // The lock file is a part of the program: include_str!("../migrations/groundline.lock")
//! let expected = groundline_ready::Expected::of_lock(LOCK).expect("a lock file");
//! # #[cfg(feature = "tokio-postgres")]
//! # async fn start(client: &tokio_postgres::Client, expected: &groundline_ready::Expected) -> Result<(), groundline_ready::NotReady> {
//! groundline_ready::require(client, expected).await?;
//! # Ok(())
//! # }
//! ```

mod expected;
mod history;
#[cfg(feature = "sqlx")]
mod with_sqlx;
#[cfg(feature = "tokio-postgres")]
mod with_tokio_postgres;

pub use expected::{Expected, NoLock, NotReady, Standing};
pub use history::{LAYOUTS, query};
#[cfg(feature = "sqlx")]
pub use with_sqlx::{require_sqlx, standing_sqlx};
#[cfg(feature = "tokio-postgres")]
pub use with_tokio_postgres::{require, standing};
