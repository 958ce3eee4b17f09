//! The command `history`: the revisions of a folder in order, and, of a database, which of them it has.
//! Out: reading either (`migrate`, `seen`).
//! Called by `main`, and by the cookbook, which shows it (`docs`).

use crate::args::{Format, ProjectArgs};
use crate::seen::Seen;
use crate::settings::Project;
use crate::{Exit, console, drill};
use clap::Args;
use groundline_core::Result;
use groundline_evidence::{columns, count, json_text};
use groundline_migrate::history::{Down, History, Revision, Transaction};
use groundline_migrate::lock::{self, LockFile, LockFindingKind, LockSeverity};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Say of each revision whether this database has it. The database is only read.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// A history, revision by revision.
#[derive(Serialize)]
struct Listed {
    /// 1 at the time of writing.
    history_version: u32,
    folder: PathBuf,
    layout: &'static str,
    revisions: Vec<Row>,
    /// Versions that the database's history table has, and the folder has not; absent without a database.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Row {
    version: String,
    name: String,
    file: PathBuf,
    down: DownWord,
    /// Whether its author marked it to run outside a transaction.
    outside: bool,
    locked: LockedWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<StateWord>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Serialize)]
        enum $name { $($(#[$of])* #[serde(rename = $word)] $variant,)* }
        impl $name {
            fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// Whether there is a way down.
    DownWord { Yes "yes", No "no", Irreversible "irreversible", }
}
words! {
    /// Whether the lock has it as it is.
    LockedWord { Yes "yes", Edited "edited", No "no", }
}
words! {
    /// What the database's history table says of it.
    StateWord {
        Applied "applied",
        Pending "pending",
        /// Not applied, and a later one is.
        Skipped "skipped",
        /// It failed half-way.
        Dirty "dirty",
    }
}

/// Runs `history`.
pub async fn run(args: ListArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let listed = match &args.url {
        None => {
            let history = drill::history(&project)?;
            let lock = LockFile::load(&history.folder)?;
            Listed::of(&history, lock.as_ref(), None)
        }
        Some(url) => {
            let seen = Seen::look(url, &project).await?;
            Listed::of(&seen.history, seen.lock.as_ref(), Some(&seen))
        }
    };
    console::data(&match args.format {
        Format::Json => json_text(&listed)?,
        Format::Text => listed.text(),
    });
    Ok(Exit::Done)
}

/// What `history` prints of a folder, without a database; `shown` is how the folder is named.
pub fn listing(history: &History, shown: &Path) -> String {
    // A lock that can't be read is the gate's to tell.
    let lock = LockFile::load(&history.folder).ok().flatten();
    Listed { folder: shown.to_owned(), ..Listed::of(history, lock.as_ref(), None) }.text()
}

impl Listed {
    fn of(history: &History, lock: Option<&LockFile>, seen: Option<&Seen>) -> Self {
        let findings = lock.map(|file| lock::verify(file, history));
        let row = |(place, revision): (usize, &Revision)| Row {
            version: revision.version.clone(),
            name: revision.name.clone(),
            file: revision.up.file.clone(),
            down: match revision.down {
                Down::Script(_) => DownWord::Yes,
                Down::None => DownWord::No,
                Down::Irreversible(_) => DownWord::Irreversible,
            },
            outside: revision.up.transaction == Transaction::MarkedOutside,
            locked: findings.as_ref().map_or(LockedWord::No, |findings| locked(findings, &revision.label())),
            state: seen.map(|seen| state(seen, place)),
        };
        Self {
            history_version: 1,
            folder: history.folder.clone(),
            layout: history.layout,
            revisions: history.revisions.iter().enumerate().map(row).collect(),
            unknown: seen.map(|seen| seen.applied.unknown.clone()),
        }
    }

    fn text(&self) -> String {
        let mut heads = vec!["version", "name", "down", "outside", "locked"];
        heads.extend(self.unknown.as_ref().map(|_| "database"));
        let cells = |row: &Row| {
            let outside = if row.outside { "yes" } else { "no" };
            let mut cells =
                vec![row.version.as_str(), &row.name, row.down.word(), outside, row.locked.word()];
            cells.extend(row.state.map(StateWord::word));
            cells.into_iter().map(str::to_owned).collect()
        };
        let mut text = columns(&heads, &self.revisions.iter().map(cells).collect::<Vec<_>>());
        for version in self.unknown.iter().flatten() {
            text.push_str(&format!("{version} is recorded in the database and not in this folder\n"));
        }
        let revisions = count(self.revisions.len(), "revision");
        text.push_str(&format!("\n{revisions} in {} ({})\n", self.folder.display(), self.layout));
        text
    }
}

fn locked(findings: &[lock::LockFinding], label: &str) -> LockedWord {
    let of = || findings.iter().filter(|finding| finding.revision == label);
    let is_fresh = |finding: &lock::LockFinding| {
        matches!(finding.kind, LockFindingKind::Unlocked | LockFindingKind::OutOfOrder)
    };
    if of().any(is_fresh) {
        LockedWord::No
    } else if of().any(|finding| finding.severity == LockSeverity::Changed) {
        LockedWord::Edited
    } else {
        LockedWord::Yes
    }
}

fn state(seen: &Seen, place: usize) -> StateWord {
    let version = &seen.history.revisions[place].version;
    if seen.failed().contains(version) {
        StateWord::Dirty
    } else if seen.applied.places.contains(&place) {
        StateWord::Applied
    } else if seen.applied.places.last().is_some_and(|newest| *newest > place) {
        StateWord::Skipped
    } else {
        StateWord::Pending
    }
}
