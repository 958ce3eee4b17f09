//! Case folders for the lock: each `tests/lock/<case>` has the revisions as they are locked (`locked/`), as they are
//! now (`now/`; the same without it) and what is found (`expected.txt`). `case.toml` says the layout, and what to
//! replace in the lock's text. A case with a `groundline.lock` has it read, and what is found is its fault.
//! With `BLESS=1` the expectation is written instead: look at it before you commit it.

mod support;

use groundline_core::{Fault, Place};
use groundline_migrate::layout;
use groundline_migrate::lock::{LOCK_FILE, Lock, LockFile, verify};
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Case {
    layout: Option<String>,
    /// The layout that reads `now/`, where it is another.
    layout_now: Option<String>,
    /// Pairs: what stands in the lock's text, and what to write for it.
    replace: Vec<[String; 2]>,
}

fn case(expected: &Path) -> datatest_stable::Result<()> {
    let folder = expected.parent().ok_or("a case is a folder")?;
    let root = format!("{}/", folder.display());
    let actual = outcome(folder)?.replace(&root, "");
    support::assert_expected(expected, &actual)
}

fn outcome(folder: &Path) -> datatest_stable::Result<String> {
    let case: Case = match std::fs::read_to_string(folder.join("case.toml")) {
        Ok(text) => toml::from_str(&text)?,
        Err(_) => Case::default(),
    };
    if folder.join(LOCK_FILE).is_file() {
        return Ok(match LockFile::load(folder) {
            Ok(_) => "read\n".to_owned(),
            Err(fault) => lines("fault", &fault),
        });
    }
    let layout = case.layout.as_deref().unwrap_or("sqlx");
    let locked = layout::read(&folder.join("locked"), Some(layout))?;
    let now = match folder.join("now").is_dir() {
        true => layout::read(&folder.join("now"), Some(case.layout_now.as_deref().unwrap_or(layout)))?,
        false => locked.clone(),
    };
    let mut text = Lock::of(&locked).to_text();
    for [from, to] in &case.replace {
        assert!(text.contains(from), "{from} is not in the lock\n{text}");
        text = text.replacen(from, to, 1);
    }
    let file = LockFile::parse(Path::new(LOCK_FILE), &text)?;
    let mut said = String::new();
    for finding in verify(&file, &now) {
        let label = format!("{} {:?}", finding.kind.word(), finding.severity);
        // A line of the lock is told by what stands there: its number would change with the header.
        let mut fault = finding.fault();
        if let Some(Place::File { path, position: Some(position) }) = &fault.place
            && path.ends_with(LOCK_FILE)
        {
            let line = text.lines().nth(position.line - 1).unwrap_or_default();
            fault.place = Some(Place::Object(format!("{LOCK_FILE}: {line}")));
        }
        said.push_str(&lines(&label, &fault));
    }
    Ok(if said.is_empty() { "nothing\n".to_owned() } else { said })
}

fn lines(label: &str, fault: &Fault) -> String {
    let mut text = format!("{label}: {}\n", fault.what);
    let place = fault.place.as_ref().map(ToString::to_string);
    for (label, said) in [("at", &place), ("why", &fault.why), ("next", &fault.next)] {
        if let Some(said) = said {
            let _ = writeln!(text, "  {label}: {}", said.trim_end().replace('\n', "\n    "));
        }
    }
    text
}

datatest_stable::harness! {
    { test = case, root = "tests/lock", pattern = r"expected\.txt$" },
}
