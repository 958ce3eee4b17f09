//! The registry of layouts: one file a convention of folders, and reading a folder by its layout.
//! Out: history tables and running (`pg`).
//! Called by every command that needs revisions, and by the generated reference.

pub mod alembic;
mod dbmate;
mod detect;
mod diesel;
mod discover;
mod down;
mod engines;
mod evidence;
mod flyway;
mod golang_migrate;
mod goose;
mod groundline;
mod instead;
mod listing;
mod marks;
mod notes;
mod pairs;
mod prisma;
mod refinery;
mod scaffold;
mod source;
mod sql_migrate;
mod sqlx;
mod versioned;

pub use discover::{Candidate, Discovery, LeftOut, discover};
pub use instead::instead;
pub use listing::Listing;
pub use scaffold::{Asked, Body, NewFile, Now, Statement, Writing, scaffold};

use crate::graph::Graph;
use crate::history::{Down, History, Revision, Transaction};
use groundline_core::{Fault, Place, Result};
use serde::Serialize;
use std::path::Path;

/// What the documentation and the help say of a layout, one line each.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Facts {
    /// The id that a person types (`--layout golang-migrate`).
    pub id: &'static str,
    /// The tool's name as it writes it.
    pub title: &'static str,
    /// How the files are named.
    pub files: &'static str,
    /// In which order the tool applies them.
    pub order: &'static str,
    /// How an author marks what must run outside a transaction.
    pub outside: &'static str,
    /// Where the way down is.
    pub downs: &'static str,
    /// The tool's history table, by its default name.
    pub table: &'static str,
    /// Which files of the tool's own source or documentation say so.
    pub source: &'static str,
}

/// Which layouts can be mistaken for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Numbered files, told apart by the project around them.
    Numbered,
    /// `V1__name.sql`, told apart by the project around them.
    Versioned,
    /// Marks in the files, or files with fixed names in folders: nothing else looks like it.
    Own,
}

/// What a layout read.
pub struct Reading {
    /// Revisions in order of application, repeatable ones last.
    pub revisions: Vec<Revision>,
    /// How they follow each other, where that is not one line.
    pub graph: Option<Graph>,
    /// What the person should know.
    pub notes: Vec<Fault>,
}

/// One convention of folders.
pub trait Layout: Sync {
    /// What is known of it.
    fn facts(&self) -> &'static Facts;

    /// What it can be mistaken for.
    fn shape(&self) -> Shape;

    /// How many revisions it sees in a folder, by names and marks alone; 0 when the folder is not its own.
    fn claims(&self, folder: &Listing) -> usize;

    /// Reads the folder.
    ///
    /// # Errors
    /// A file that cannot be read, is not text, or breaks the tool's own rules; a version that occurs twice.
    fn read(&self, folder: &Listing) -> Result<Reading>;

    /// The files of a new revision after those that there are, as the tool itself would name them.
    ///
    /// # Errors
    /// The tool makes its revisions itself.
    fn scaffold(&self, _asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        Err(Fault::new(format!("{} makes its revisions itself", self.facts().title)))
    }

    /// The id that a person types.
    fn id(&self) -> &'static str {
        self.facts().id
    }
}

/// All layouts. Where two would read a folder the same and nothing decides, the earlier one is taken.
pub fn all() -> &'static [&'static dyn Layout] {
    &[
        &sqlx::Sqlx,
        &golang_migrate::GolangMigrate,
        &diesel::Diesel,
        &goose::Goose,
        &dbmate::Dbmate,
        &sql_migrate::SqlMigrate,
        &flyway::Flyway,
        &refinery::Refinery,
        &prisma::Prisma,
        &alembic::Alembic,
        &groundline::Groundline,
    ]
}

/// The layout with this id.
///
/// # Errors
/// No layout has it: the fault lists those that there are.
pub fn by_id(id: &str) -> Result<&'static dyn Layout> {
    let known = all().iter().find(|layout| layout.id() == id);
    known.copied().ok_or_else(|| {
        let ids: Vec<_> = all().iter().map(|layout| layout.id()).collect();
        Fault::new(format!("there is no layout {id:?}")).next(format!("known layouts: {}", ids.join(", ")))
    })
}

/// Reads a folder of migrations, with the layout that the person names or, without one, the layout that
/// the folder's files and the project around it show.
///
/// # Errors
/// No migrations there; two layouts in one folder; layouts that would read it differently while nothing
/// decides; and whatever `Layout::read` refuses.
pub fn read(folder: &Path, layout: Option<&str>) -> Result<History> {
    let named = layout.map(by_id).transpose()?;
    let listing = Listing::of(folder)?;
    let Some(layout) = named else { return detect::read(&listing) };
    let reading = layout.read(&listing)?;
    if reading.revisions.is_empty() {
        let place = Place::file(folder);
        let looked = format!("looked for {}", layout.facts().files);
        return Err(Fault::new(format!("no migrations of layout {} found", layout.id()))
            .at(place)
            .why(looked));
    }
    Ok(history(layout, &listing, reading, Vec::new()))
}

fn history(
    layout: &'static dyn Layout,
    listing: &Listing,
    reading: Reading,
    alternatives: Vec<&'static str>,
) -> History {
    let Reading { revisions, graph, notes } = reading;
    let found = describe(layout.facts(), &revisions);
    History {
        layout: layout.id(),
        alternatives,
        found,
        folder: listing.folder().to_owned(),
        revisions,
        graph,
        notes,
    }
}

fn describe(facts: &Facts, revisions: &[Revision]) -> String {
    let count = |test: &dyn Fn(&Revision) -> bool| revisions.iter().filter(|revision| test(revision)).count();
    let downs = count(&|revision| matches!(revision.down, Down::Script(_)));
    let outside = count(&|revision| revision.up.transaction == Transaction::MarkedOutside);
    let repeatable = count(&|revision| revision.repeatable);
    let noun = if revisions.len() == 1 { "revision" } else { "revisions" };
    let mut text = format!("{} {noun} of {}, {downs} with a down", revisions.len(), facts.title);
    if repeatable > 0 {
        text.push_str(&format!(", {repeatable} repeatable"));
    }
    if outside > 0 {
        text.push_str(&format!(", {outside} marked to run outside a transaction"));
    }
    text
}
