//! Case folders for layouts: each `tests/layouts/<case>/project` is copied to an empty place, so that nothing of
//! this repository speaks, then read (its folder `migrations`, or what `case.toml` says) and compared with
//! `expected.txt`. With `BLESS=1` the expectation is written instead: look at it before you commit it.

mod support;

use groundline_core::Fault;
use groundline_migrate::history::{Down, History, Step, Transaction};
use groundline_migrate::layout;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Case {
    /// The folder to read, in the project.
    folder: Option<String>,
    /// The layout that the person names.
    layout: Option<String>,
    /// Whether the folder is to be found.
    discover: bool,
}

fn case(expected: &Path) -> datatest_stable::Result<()> {
    let folder = expected.parent().ok_or("a case is a folder")?;
    let case: Case = match std::fs::read_to_string(folder.join("case.toml")) {
        Ok(text) => toml::from_str(&text)?,
        Err(_) => Case::default(),
    };
    let place = tempfile::tempdir()?;
    let project = place.path().join("project");
    copy(&folder.join("project"), &project)?;
    let root = format!("{}/", place.path().display());
    let actual = outcome(&case, &project).replace(&root, "");
    support::assert_expected(expected, &actual)
}

fn outcome(case: &Case, project: &Path) -> String {
    let folder = match &case.folder {
        Some(folder) => project.join(folder),
        None if case.discover => project.to_owned(),
        None => project.join("migrations"),
    };
    let layout = case.layout.as_deref();
    let mut text = String::new();
    let read = match case.discover {
        false => layout::read(&folder, layout),
        true => layout::discover(&folder).and_then(|found| {
            let shown = found.folder.display();
            let _ = writeln!(
                text,
                "folder {shown}: {} ({})",
                found.candidate.revisions,
                found.candidate.layouts.join(" or ")
            );
            found.read(layout)
        }),
    };
    match read {
        Ok(history) => text.push_str(&rendered(&history)),
        Err(fault) => text.push_str(&lines("fault", &fault)),
    }
    text
}

fn rendered(history: &History) -> String {
    let mut text = format!("layout {}\n", history.layout);
    if !history.alternatives.is_empty() {
        let _ = writeln!(text, "or {}", history.alternatives.join(", "));
    }
    let _ = writeln!(text, "found {}", history.found);
    for revision in &history.revisions {
        let repeatable = if revision.repeatable { " (repeatable)" } else { "" };
        let _ = writeln!(text, "\n[{}] {:?}{repeatable}", revision.version, revision.name);
        let _ = writeln!(text, "  up {}", step(&revision.up));
        let _ = match &revision.down {
            Down::Script(down) => writeln!(text, "  down {}", step(down)),
            Down::None => writeln!(text, "  no down"),
            Down::Irreversible(reason) => writeln!(text, "  irreversible: {reason}"),
        };
    }
    for note in &history.notes {
        text.push('\n');
        text.push_str(&lines("note", note));
    }
    text
}

/// File, position and first line of a step, and how it runs.
fn step(step: &Step) -> String {
    let sql = step.sql();
    let offset = sql.len() - sql.trim_start().len();
    let place = step.place(Path::new(""), offset);
    let first = sql.trim().lines().next().unwrap_or_default();
    let statements = sql.matches(';').count();
    let outside = if step.transaction == Transaction::MarkedOutside { " outside a transaction" } else { "" };
    format!("{place}{outside}: {first:?}, {statements} `;`")
}

fn lines(what: &str, fault: &Fault) -> String {
    let mut text = format!("{what}: {}\n", fault.what);
    let place = fault.place.as_ref().map(ToString::to_string);
    for (label, said) in [("at", &place), ("why", &fault.why), ("next", &fault.next)] {
        if let Some(said) = said {
            let _ = writeln!(text, "  {label}: {said}");
        }
    }
    text
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => std::fs::copy(entry.path(), target).map(drop)?,
        }
    }
    Ok(())
}

datatest_stable::harness! {
    { test = case, root = "tests/layouts", pattern = r"expected\.txt$" },
}
