//! The teams' own tools that can bring a database to head: each with the same revisions, written in its own layout.
//! In: tools on PATH. Out: when they run (`mod`). Called by the benchmark of the upgrade.

use super::Revision;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool.
pub struct Peer {
    /// Its program.
    pub program: &'static str,
    /// The file of the revision in a place, and its text.
    write: fn(usize, &Revision) -> Vec<(String, String)>,
    /// The database's URL as its driver reads it.
    url: fn(&str) -> String,
    /// What follows the program, with the folder and the URL.
    up: fn(&Path, &str) -> Vec<String>,
}

/// All that are measured where they are there.
pub const PEERS: [Peer; 3] = [
    Peer {
        program: "dbmate",
        write: |place, Revision { text, outside, .. }| {
            let option = if *outside { " transaction:false" } else { "" };
            let text = format!("-- migrate:up{option}\n{text}\n-- migrate:down\n");
            vec![(format!("{place:014}_revision.sql"), text)]
        },
        url: |database| {
            let of = |name: &str| std::env::var(name).unwrap_or_default();
            let (host, port, user) = (of("PGHOST"), of("PGPORT"), of("PGUSER"));
            format!("postgres://{user}@/{database}?host={host}&port={port}&sslmode=disable")
        },
        up: |folder, url| words(&["--url", url, "--migrations-dir"], folder, &["--no-dump-schema", "up"]),
    },
    Peer {
        program: "sqlx",
        write: |place, Revision { text, outside, .. }| {
            let mark = if *outside { "-- no-transaction\n" } else { "" };
            vec![(format!("{place:014}_revision.sql"), format!("{mark}{text}"))]
        },
        url: libpq,
        up: |folder, url| words(&["migrate", "run", "--database-url", url, "--source"], folder, &[]),
    },
    Peer {
        program: "diesel",
        write: |place, Revision { text, outside, .. }| {
            let folder = format!("{place:014}_revision");
            let metadata = format!("run_in_transaction = {}\n", !outside);
            vec![(format!("{folder}/up.sql"), text.clone()), (format!("{folder}/metadata.toml"), metadata)]
        },
        url: libpq,
        up: |folder, url| words(&["migration", "run", "--database-url", url, "--migration-dir"], folder, &[]),
    },
];

/// The rest is in the environment.
fn libpq(database: &str) -> String {
    format!("postgresql:///{database}")
}

fn words(before: &[&str], folder: &Path, after: &[&str]) -> Vec<String> {
    let folder = folder.display().to_string();
    before
        .iter()
        .map(|word| (*word).to_owned())
        .chain([folder])
        .chain(after.iter().map(|word| (*word).to_owned()))
        .collect()
}

impl Peer {
    /// Whether its program is on PATH.
    pub fn is_here(&self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(self.program).is_file())
    }

    /// Writes the revisions below a place, in a folder that is the tool's.
    pub fn write(&self, place: &Path, revisions: &[Revision]) -> Result<PathBuf> {
        let folder = place.join(self.program);
        let files = revisions.iter().enumerate().flat_map(|(at, revision)| (self.write)(at + 1, revision));
        for (file, text) in files {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
            fs::write(file, text)?;
        }
        Ok(folder)
    }

    /// Its run on a database of the environment's server.
    pub fn command(&self, folder: &Path, database: &str) -> Command {
        let mut command = Command::new(self.program);
        command.args((self.up)(folder, &(self.url)(database))).current_dir(folder);
        command
    }
}
