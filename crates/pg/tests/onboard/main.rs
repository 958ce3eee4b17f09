//! Onboarding against a real server: history tables, restored snapshots, proof of the rows.

#[path = "../support/mod.rs"]
mod support;

mod dialects;
mod proof;
mod restore;
