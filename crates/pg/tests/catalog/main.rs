//! The catalog, read from a real server: every edit is seen, `pg_dump` is the oracle, and reading what changed
//! gives what reading everything gives.

#[path = "../support/mod.rs"]
mod support;

mod again;
mod cases;
mod edits;
