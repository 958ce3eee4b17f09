//! Onboarding against a real server: history tables, restored snapshots, proof of the rows.

#[path = "../support/mod.rs"]
mod support;

mod dialects;
#[path = "../catalog/page.rs"]
mod page;
mod proof;
mod reference;
mod restore;
