//! Transcripts: each `console` block of README.md, of `tests/transcripts/*.md` and of `docs/guides/*.md` is run as it stands and compared,
//! but for what differs between two machines or two runs (`normal`). A line `? 1` after a command is its exit status;
//! without it, it is 0. With `BLESS=1` the transcripts (not README.md) are written anew: look at them.
//! In the folder where the commands run lie `examples/` and `projects/`; `cargo` there builds without `--release`.

use crate::support::example::{copy, copy_example, programs, root, shell};
use crate::support::python;
use std::fmt::Write as _;
use std::path::Path;

use crate::normal::normal;

/// A command of a block, and what the page says that it prints and ends with.
pub struct Entry {
    pub command: String,
    pub status: i32,
    pub output: String,
}

#[test]
fn readme_shows_what_is_printed() {
    let page = root().join("README.md");
    assert!(
        blocks(&read(&page)).iter().any(|block| !entries(block).is_empty()),
        "no transcript in README.md"
    );
    hold(&page, false);
}

#[test]
fn transcripts_show_what_is_printed() {
    let folders = ["crates/cli/tests/transcripts", "docs/guides"].map(|folder| root().join(folder));
    let read = |folder| std::fs::read_dir(folder).expect("a folder of pages").flatten();
    let pages = folders
        .into_iter()
        .flat_map(read)
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"));
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    std::thread::scope(|scope| pages.for_each(|page| drop(scope.spawn(move || hold(&page, bless)))));
}

/// Runs a page's commands and compares, or writes the page anew.
fn hold(page: &Path, bless: bool) {
    let name = page.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_python = name.contains("alembic");
    let environment = if is_python { python::environment() } else { None };
    if is_python && environment.is_none() {
        return;
    }
    let environment = environment.map(|folder| folder.display().to_string());
    let variables: Vec<_> = environment.iter().map(|folder| ("VIRTUAL_ENV", folder.as_str())).collect();
    let place = tempfile::tempdir().expect("a temporary folder");
    furnish(place.path());
    let bin = place.path().join(".bin");
    let (mut text, mut wrong) = (read(page), String::new());
    for block in blocks(&text.clone()) {
        let mut shown = String::new();
        for entry in entries(&block) {
            let (status, output) = shell(place.path(), &bin, &entry.command, &variables);
            let (expected, actual) =
                (normal(&entry.output).trim_end().to_owned(), normal(&output).trim_end().to_owned());
            if (status, &actual) != (entry.status, &expected) {
                let Entry { command, status: wanted, .. } = &entry;
                let _ = writeln!(
                    wrong,
                    "$ {command}\n? {wanted}, but it is {status}\n{}",
                    lines(&expected, &actual)
                );
            }
            let status = if status == 0 { String::new() } else { format!("? {status}\n") };
            let lines = if actual.is_empty() { String::new() } else { actual + "\n" };
            let _ = write!(shown, "$ {}\n{status}{lines}", entry.command);
        }
        text = text.replace(&block, &shown);
    }
    match bless {
        true => std::fs::write(page, text).expect("the page can be written"),
        false => assert!(wrong.is_empty(), "{}\n{wrong}", page.display()),
    }
}

/// Both texts, with a sign before each line that only one of them has.
pub fn lines(expected: &str, actual: &str) -> String {
    let marked = |text: &str, other: &str, sign: char| -> String {
        let is_in = |line: &str| other.lines().any(|one| one == line);
        text.lines().map(|line| format!("{} {line}\n", if is_in(line) { ' ' } else { sign })).collect()
    };
    format!(
        "--- the page\n{}--- the program\n{}",
        marked(expected, actual, '-'),
        marked(actual, expected, '+')
    )
}

/// The folder of the commands: the examples, the projects, the program, and a cargo that spares the release build.
fn furnish(place: &Path) {
    let (examples, transcripts) = (root().join("examples"), root().join("crates/cli/tests/transcripts"));
    for name in ["orders-axum", "orders-fastapi"] {
        copy_example(name, &place.join("examples").join(name));
    }
    copy(&examples.join("keys"), &place.join("examples/keys"));
    copy(&examples.join("unsafe"), &place.join("examples/unsafe"));
    copy(&transcripts.join("projects"), &place.join("projects"));
    programs(&place.join(".bin"));
}

/// The texts of a page's `console` blocks.
pub fn blocks(page: &str) -> Vec<String> {
    let opened = page.split("```console\n").skip(1);
    opened.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// The commands of a block.
pub fn entries(block: &str) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), all.last_mut()) {
            (Some(command), _) => {
                all.push(Entry { command: command.to_owned(), status: 0, output: String::new() });
            }
            (None, Some(entry)) => match line.strip_prefix("? ").and_then(|status| status.parse().ok()) {
                Some(status) if entry.output.is_empty() => entry.status = status,
                _ => entry.output.push_str(&format!("{line}\n")),
            },
            (None, None) => panic!("a block starts with a command: {line}"),
        }
    }
    all
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
