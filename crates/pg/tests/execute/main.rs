//! The execution on a real server: the journal and the lease.

mod journal;
mod lease;
mod preflight;
#[path = "../support/mod.rs"]
mod support;
