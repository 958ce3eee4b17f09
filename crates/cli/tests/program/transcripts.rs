//! Transcripts: each `console` block of README.md, of `tests/transcripts/*.md` and of `docs/guides/*.md` is run as it stands and compared,
//! but for what differs between two machines or two runs (`normal`). A line `? 1` after a command is its exit status;
//! without it, it is 0. With `BLESS=1` the transcripts (not README.md) are written anew: look at them.
//! In the folder where the commands run lie `examples/` and `projects/`; `cargo` there builds without `--release`.

use crate::support::{groundline, program, python};
use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::normal::normal;

/// A command of a block, and what the page says that it prints and ends with.
struct Entry {
    command: String,
    status: i32,
    output: String,
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
    let is_python = page.file_name().is_some_and(|name| name == "alembic.md");
    if is_python && python::environment().is_none() {
        return;
    }
    let place = tempfile::tempdir().expect("a temporary folder");
    furnish(place.path());
    let (mut text, mut wrong) = (read(page), String::new());
    for block in blocks(&text.clone()) {
        let mut shown = String::new();
        for entry in entries(&block) {
            let environment = if is_python { python::environment() } else { None };
            let (status, output) = run(place.path(), &entry.command, environment);
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
fn lines(expected: &str, actual: &str) -> String {
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

/// The folder of the commands: the example, the projects, the program, and a cargo that spares the release build.
fn furnish(place: &Path) {
    let (examples, transcripts) = (root().join("examples"), root().join("crates/cli/tests/transcripts"));
    let backends: [(&str, &str, &[&str]); 2] = [
        ("orders-axum", "migrations", &[]),
        (
            "orders-fastapi",
            "alembic",
            &[".env.example", "alembic.ini", "database.py", "main.py", "models.py"],
        ),
    ];
    for (backend, migrations, files) in backends {
        let (from, to) = (examples.join(backend), place.join("examples").join(backend));
        copy(&from.join(migrations), &to.join(migrations));
        for file in ["groundline.toml", "production.sql"].iter().chain(files) {
            std::fs::copy(from.join(file), to.join(file)).expect("a file of the example");
        }
    }
    copy(&examples.join("orders-axum/src"), &place.join("examples/orders-axum/src"));
    copy(&examples.join("orders-axum/docs"), &place.join("examples/orders-axum/docs"));
    copy(&examples.join("keys"), &place.join("examples/keys"));
    copy(&examples.join("unsafe"), &place.join("examples/unsafe"));
    copy(&transcripts.join("projects"), &place.join("projects"));
    let bin = place.join(".bin");
    std::fs::create_dir(&bin).expect("a folder");
    symlink(program(), bin.join("groundline")).expect("a link to the program");
    let (cargo, manifest) = (env!("CARGO"), root().join("Cargo.toml"));
    let script = format!(
        "#!/bin/sh\nverb=$1; shift\nfor word; do shift; [ \"$word\" = --release ] || set -- \"$@\" \"$word\"; done\n\
         exec '{cargo}' \"$verb\" --manifest-path '{}' \"$@\"\n",
        manifest.display()
    );
    std::fs::write(bin.join("cargo"), script).expect("a script");
    std::fs::set_permissions(bin.join("cargo"), Permissions::from_mode(0o755)).expect("a program");
    // Fetching a server is announced: that is over before the first command.
    groundline(place).args(["postgres", "run", "--", "true"]).assert().success();
}

/// Runs a command line; returns its exit status, and stdout and stderr together.
fn run(place: &Path, command: &str, python: Option<&Path>) -> (i32, String) {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1; {command}")).current_dir(place);
    shell.env("PATH", format!("{}:{path}", place.join(".bin").display())).env("LC_ALL", "C.UTF-8");
    for name in ["GROUNDLINE_SNAPSHOT_URL", "DATABASE_URL"] {
        shell.env_remove(name);
    }
    if let Some(environment) = python {
        shell.env("VIRTUAL_ENV", environment);
    }
    let output = shell.output().expect("a shell");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The texts of a page's `console` blocks.
fn blocks(page: &str) -> Vec<String> {
    let opened = page.split("```console\n").skip(1);
    opened.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn entries(block: &str) -> Vec<Entry> {
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

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the folder can be read").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("a file can be copied")),
        }
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root")
}
