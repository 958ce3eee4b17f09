//! The matrix of locks: each statement that was traced, with what it took on each relation.
//! Out: the page's design (`templates/locks.html`). Called by the page.

use crate::{Evidence, Tone, TracedStatement, duration};
use groundline_core::LockMode;
use serde::Serialize;
use std::collections::BTreeSet;

/// The matrix; columns are relations.
#[derive(Serialize)]
pub(super) struct LocksView<'a> {
    relations: Vec<&'a str>,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    place: String,
    statement: &'a str,
    took: String,
    cells: Vec<Option<Cell>>,
    /// Its locks escaped the samples.
    unseen: bool,
}

#[derive(Serialize)]
struct Cell {
    lock: &'static str,
    blocks: &'static str,
    tone: Tone,
    does: Option<&'static str>,
}

impl<'a> LocksView<'a> {
    /// Nothing where nothing was traced.
    pub(super) fn new(evidence: &'a Evidence) -> Option<Self> {
        let locked = evidence.trace.iter().flat_map(|traced| traced.locks.keys());
        let relations: BTreeSet<&str> = locked.map(String::as_str).collect();
        let relations: Vec<&str> = relations.into_iter().collect();
        let rows: Vec<Row<'_>> = evidence.trace.iter().map(|traced| row(traced, &relations)).collect();
        (!rows.is_empty()).then_some(Self { relations, rows })
    }
}

fn row<'a>(traced: &'a TracedStatement, relations: &[&str]) -> Row<'a> {
    let file = traced.file.rsplit('/').next().unwrap_or_default();
    let cell = |relation: &&str| {
        let lock = *traced.locks.get(*relation)?;
        let does = match () {
            () if traced.rewrites.iter().any(|name| name == relation) => Some("written anew"),
            () if traced.scans.iter().any(|name| name == relation) => Some("read in full"),
            () => None,
        };
        Some(Cell { lock: lock.name(), blocks: lock.blocks(), tone: tone(lock), does })
    };
    Row {
        place: format!("{file}:{}", traced.line),
        statement: &traced.statement,
        took: duration(traced.microseconds.div_ceil(1_000)),
        cells: relations.iter().map(cell).collect(),
        unseen: !traced.complete && traced.locks.is_empty(),
    }
}

/// By what has to wait.
fn tone(lock: LockMode) -> Tone {
    match lock {
        _ if lock.blocks_reads() => Tone::Bad,
        _ if lock.blocks_writes() => Tone::Notice,
        LockMode::ShareUpdateExclusive => Tone::Neutral,
        _ => Tone::Good,
    }
}
