//! The commands around the history: what is in the folder, what a database is at, and setting its history table right.
//! Out: running revisions (`upgrade`).
//! Called by `main`.

pub mod adopt;
pub mod autogenerate;
pub mod baseline;
pub mod current;
pub mod files;
pub mod history;
mod proof;
pub mod reconcile;
mod rename;
pub mod repair;
pub mod revision;
mod settle;
mod squash;
pub mod stamp;
mod trial;
