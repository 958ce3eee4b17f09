//! A history: the revisions of one folder, in the order in which their tool applies them.
//! Out: how a folder is recognised and read (`layout`).
//! Called by everything that runs or reports revisions.

use crate::graph::Graph;
use groundline_core::{Digest, Fault, Place, Result, Span};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many revisions are named where one is not there.
const NEAREST: usize = 3;

/// The revisions of one folder.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// The id of the layout that read it (`sqlx`, `golang-migrate`, …).
    pub layout: &'static str,
    /// Other layouts that would read the folder the same, where nothing in the project decides between
    /// them. They keep other history tables, so whoever writes one must ask first.
    pub alternatives: Vec<&'static str>,
    /// What was found, in a few words, for reports: how many revisions, how they are named.
    pub found: String,
    /// The folder.
    pub folder: PathBuf,
    /// Revisions in order of application. Repeatable ones come last.
    pub revisions: Vec<Revision>,
    /// How the revisions follow each other, where their tool keeps branches; else each follows the one before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<Graph>,
    /// What the reader noticed and the person should know (an ignored file, a gap).
    pub notes: Vec<Fault>,
}

/// One revision.
#[derive(Clone, Debug, Serialize)]
pub struct Revision {
    /// The version, as the layout's own history table stores it.
    pub version: String,
    /// The name, without version and suffix.
    pub name: String,
    /// Whether it runs again whenever its text changes (`R__…`), and has no place in the order.
    pub repeatable: bool,
    /// The way up.
    pub up: Step,
    /// The way down.
    pub down: Down,
}

/// The way down of a revision.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Down {
    /// A script.
    Script(Step),
    /// The layout knows downs, but this revision has none (or an empty one), or the layout knows none.
    None,
    /// Its author says that there is no way down, and why.
    Irreversible(String),
}

/// One direction of a revision: a part of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The file, relative to the history's folder.
    pub file: PathBuf,
    /// The whole file's text, decoded (BOM removed).
    #[serde(skip)]
    pub text: Arc<str>,
    /// Which part of it is this step.
    pub section: Span,
    /// Whether its tool runs it in a transaction.
    pub transaction: Transaction,
    /// What it is written in.
    pub language: Language,
    /// SHA-256 of the file's bytes as they are on disk.
    pub digest: Digest,
}

/// What a step is written in, and so what runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// SQL, which Groundline sends statement by statement.
    Sql,
    /// Python, which only the project's own Alembic can run.
    Alembic,
}

/// How a tool runs a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// In one transaction.
    Wrapped,
    /// Marked by its author to run outside a transaction.
    MarkedOutside,
}

impl History {
    /// One script as a history of one revision, so that it is split, run and blamed as revisions are.
    pub fn of_script(file: &Path, text: String, name: &str) -> Self {
        let up = Step {
            file: file.file_name().map_or_else(PathBuf::new, PathBuf::from),
            section: Span::new(0, text.len()),
            digest: Digest::of(&text),
            text: text.into(),
            transaction: Transaction::Wrapped,
            language: Language::Sql,
        };
        let revision = Revision {
            version: String::new(),
            name: name.to_owned(),
            repeatable: false,
            up,
            down: Down::None,
        };
        Self {
            layout: "groundline",
            alternatives: Vec::new(),
            found: String::new(),
            folder: file.parent().map_or_else(PathBuf::new, Path::to_owned),
            revisions: vec![revision],
            graph: None,
            notes: Vec::new(),
        }
    }

    /// The place of a revision in the order, by its id.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.revisions.iter().position(|revision| revision.id() == id)
    }

    /// The place of a revision in the order, by its version as the history table stores it; leading zeros of a
    /// number do not matter.
    ///
    /// # Errors
    /// There is no such revision: the fault names the nearest.
    pub fn find(&self, version: &str) -> Result<usize> {
        let number = |version: &str| {
            let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| version.trim_start_matches('0').to_owned())
        };
        let exact = self.revisions.iter().position(|revision| revision.version == version);
        let same_number = || {
            let wanted = number(version)?;
            self.revisions.iter().position(|revision| number(&revision.version).as_ref() == Some(&wanted))
        };
        exact.or_else(same_number).ok_or_else(|| self.no_such(version))
    }

    /// Versions that a history table records, in the order of the history; those that it does not have come last.
    pub fn in_order(&self, mut versions: Vec<String>) -> Vec<String> {
        if self.graph.is_some() {
            let at = |version: &String| self.revisions.iter().position(|one| one.version == *version);
            versions.sort_by_key(|version| at(version).unwrap_or(usize::MAX));
        }
        versions
    }

    fn no_such(&self, version: &str) -> Fault {
        let newest = self.revisions.last().map_or("none", |revision| revision.version.as_str());
        let noun = if self.revisions.len() == 1 { "revision" } else { "revisions" };
        let fault = Fault::new(format!("no revision {version} in this history"))
            .at(Place::file(&self.folder))
            .why(format!("it has {} {noun}; the newest is {newest}", self.revisions.len()));
        let wanted = version.trim_start_matches('0');
        let nearness = |revision: &Revision| {
            let names = [revision.version.trim_start_matches('0'), &revision.name];
            names.map(|name| strsim::jaro_winkler(name, wanted)).into_iter().fold(0.0, f64::max)
        };
        let mut near: Vec<(f64, &Revision)> =
            self.revisions.iter().map(|revision| (nearness(revision), revision)).collect();
        near.retain(|(nearness, _)| *nearness > 0.6);
        near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let names: Vec<String> = near.iter().take(NEAREST).map(|(_, revision)| revision.label()).collect();
        if names.is_empty() { fault } else { fault.next(format!("nearest: {}", names.join(", "))) }
    }
}

impl Step {
    /// The SQL of this step.
    pub fn sql(&self) -> &str {
        &self.text[self.section.range()]
    }

    /// The place of a byte of `sql()`, for faults; `root` is the history's folder.
    pub fn place(&self, root: &Path, offset: usize) -> Place {
        Place::offset(root.join(&self.file), &self.text, self.section.start + offset)
    }
}

impl Revision {
    /// What tells it from the others: its version, or the name of one that has none (a repeatable one).
    pub fn id(&self) -> &str {
        Self::id_of(&self.version, &self.name)
    }

    /// Version and name, as tables show it.
    pub fn label(&self) -> String {
        Self::label_of(&self.version, &self.name)
    }

    /// The same of a revision of this version and name.
    pub(crate) fn id_of<'a>(version: &'a str, name: &'a str) -> &'a str {
        if version.is_empty() { name } else { version }
    }

    /// The same of a revision of this version and name.
    pub(crate) fn label_of(version: &str, name: &str) -> String {
        match (version, name) {
            (version, "") => version.to_owned(),
            ("", name) => name.to_owned(),
            (version, name) => format!("{version} {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(versions: &[(&str, &str)]) -> History {
        let revision = |(version, name): &(&str, &str)| Revision {
            version: (*version).to_owned(),
            name: (*name).to_owned(),
            repeatable: false,
            up: Step {
                file: PathBuf::new(),
                text: "".into(),
                section: Span::new(0, 0),
                transaction: Transaction::Wrapped,
                language: Language::Sql,
                digest: Digest::of(""),
            },
            down: Down::None,
        };
        History {
            layout: "groundline",
            alternatives: Vec::new(),
            found: String::new(),
            folder: "migrations".into(),
            revisions: versions.iter().map(revision).collect(),
            graph: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_revision_is_found_by_its_version_and_the_nearest_are_named() {
        let history = history(&[("41", "add_note"), ("042", "add_total"), ("", "refresh")]);
        assert_eq!(history.find("042"), Ok(1));
        assert_eq!(history.find("0041"), Ok(0));
        let next = |version| history.find(version).unwrap_err().next;
        assert_eq!(next("40"), Some("nearest: 41 add_note, 042 add_total".to_owned()));
        assert_eq!(next("add_totals"), Some("nearest: 042 add_total, 41 add_note".to_owned()));
        assert_eq!(next("zzzz"), None);
    }
}
