//! `cargo xtask peers`: pairs of versions of a schema in a repository's history, led from one to the other by the
//! statements of Groundline, migra, @pgkit/migra and pg-delta, in turn, on one server: how many end in the wanted schema,
//! and how long making the statements takes.
//! In: the peers, fetched through pip and npm into the target folder, once. Out: writing the versions out (`sequence`),
//! and what Groundline's own test does with all pairs (`groundline-pg`, `tests/catalog/sequence.rs`).
//! The judge is `pg_dump`, with its lines sorted: nobody can change the order of columns.

use crate::bench::{self, Turns, psql, psql_on};
use crate::{measure, sequence};
use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// What is measured.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    repository: String,
    path: String,
    apart: usize,
    /// How many pairs, evenly over the history.
    pairs: usize,
    /// Cargo's profile of Groundline.
    profile: String,
    turns: Turns,
}

/// One that makes statements: a shell script that writes them to stdout, with the two databases as `$A` and `$B`.
struct Peer {
    name: &'static str,
    script: &'static str,
    /// How it ends where it made statements.
    done: &'static [i32],
    /// How it ends where it says that it leaves something out.
    refuses: Option<i32>,
}

const PEERS: [Peer; 4] = [
    Peer {
        name: "groundline",
        script: "\"$GROUNDLINE\" diff \"$A\" \"$B\" --sql --allow-destructive",
        done: &[0],
        refuses: Some(1),
    },
    Peer {
        name: "migra",
        script: "\"$PEERS/venv/bin/migra\" --unsafe --with-privileges \"$A\" \"$B\"",
        done: &[0, 2],
        refuses: None,
    },
    Peer {
        name: "@pgkit/migra",
        // A warning of its client's goes to stdout, too.
        script: "\"$PEERS/node_modules/.bin/migra\" \"$NODE_A\" \"$NODE_B\" --unsafe --with-privileges > \"$OUT/pgkit\" \
                 && grep -v -e '^WARNING: Creating a duplicate' -e '^    at ' \"$OUT/pgkit\" || test ! -s \"$OUT/pgkit\"",
        done: &[0],
        refuses: None,
    },
    Peer {
        name: "pg-delta",
        script: "rm -f \"$OUT\"/delta*; \"$PEERS/node_modules/.bin/pgdelta\" plan --source \"$NODE_A\" --desired \"$NODE_B\" \
                 --out \"$OUT/delta.json\" >&2 || exit 2; \"$PEERS/node_modules/.bin/pgdelta\" render \
                 --plan \"$OUT/delta.json\" --out \"$OUT/delta.sql\" --allow-drops >&2; test $? -eq 0 -o $? -eq 3 || exit 2; \
                 ls \"$OUT\"/delta*.sql 2>/dev/null | sort -V | while read file; do cat \"$file\"; echo; done",
        done: &[0],
        refuses: None,
    },
];

/// What the peers are installed by, where they are not yet.
const INSTALL: &str = "set -e; mkdir -p \"$PEERS\"; cd \"$PEERS\"\n\
    test -x venv/bin/migra || { python3 -m venv venv; \
    venv/bin/pip -q install migra psycopg2-binary 'sqlalchemy<2' 'setuptools<81'; }\n\
    test -x node_modules/.bin/pgdelta || { echo '{}' > package.json; \
    npm install --silent @pgkit/migra@0.6.1 @supabase/pg-delta@1.0.0-alpha.34; }";

/// What became of the pairs of one peer.
#[derive(Default)]
struct Score {
    solved: usize,
    refused: usize,
    /// It made statements; they run, and the schema is another.
    wrong: usize,
    /// It made none, or they stop.
    failed: usize,
    walls: Vec<Duration>,
}

impl Options {
    /// Reads `REPOSITORY PATH [APART] [--pairs N] [--profile NAME] [--postgres MAJOR]`.
    ///
    /// # Errors
    /// Another argument, or a value that is none.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let [repository, path, rest @ ..] = arguments else { bail!("peers needs a repository and a path") };
        let mut options = Self {
            repository: (*repository).to_owned(),
            path: (*path).to_owned(),
            apart: 1,
            pairs: usize::MAX,
            profile: "dist".to_owned(),
            turns: Turns { runs: 1, postgres: None },
        };
        let mut rest = rest.iter();
        while let Some(argument) = rest.next() {
            let number = |text: &str| text.parse().with_context(|| format!("{text} is no number"));
            match *argument {
                "--pairs" => options.pairs = number(rest.next().context("--pairs needs a number")?)?,
                "--profile" => options.profile = (*rest.next().context("--profile needs a name")?).to_owned(),
                argument if options.turns.take(argument, &mut rest)? => {}
                apart => options.apart = number(apart)?,
            }
        }
        ensure!(options.pairs > 0 && options.apart > 0, "no pair is that");
        Ok(options)
    }
}

/// Measures with the server of `PGHOST`, or starts one and does it there. Prints a table on stdout.
///
/// # Errors
/// Something can't be built, installed or started. What a peer can't do is in the table.
pub fn run(root: &Path, options: &Options, arguments: &[&str]) -> Result<()> {
    let groundline = bench::build(root, &options.profile)?;
    if std::env::var_os("PGHOST").is_none() {
        return bench::inside(&groundline, &options.turns, "peers", arguments);
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let place = target.join("peers");
    let installed = Command::new("sh").args(["-c", INSTALL]).env("PEERS", &place).status()?;
    ensure!(installed.success(), "the peers are not installed");
    let versions = tempfile::tempdir()?;
    let files = sequence::write(&options.repository, &options.path, versions.path())?;
    let pairs: Vec<(&PathBuf, &PathBuf)> = files.iter().zip(files.iter().skip(options.apart)).collect();
    let every = pairs.len().div_ceil(options.pairs).max(1);
    let out = tempfile::tempdir()?;
    let mut scores: Vec<Score> = PEERS.iter().map(|_| Score::default()).collect();
    for (before, after) in pairs.into_iter().step_by(every) {
        if let (Some(a), Some(b)) = (restored("a", before)?, restored("b", after)?) {
            for (peer, score) in PEERS.iter().zip(&mut scores) {
                let run =
                    Run { groundline: &groundline, peers: &place, out: out.path(), databases: (&a, &b) };
                lead(peer, &run, score)?;
            }
        }
    }
    print(options, &scores);
    Ok(())
}

/// What a peer is run with.
struct Run<'r> {
    groundline: &'r Path,
    peers: &'r Path,
    out: &'r Path,
    databases: (&'r str, &'r str),
}

/// A database with a version; none where this server does not take it.
fn restored(name: &str, file: &Path) -> Result<Option<String>> {
    let name = format!("peers_{name}");
    for sql in
        [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name} TEMPLATE template0")]
    {
        psql("postgres", &["-c", &sql])?;
    }
    let output = psql_on(&name).arg("-f").arg(file).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        eprintln!("not restored: {}: {}", file.display(), said.lines().last().unwrap_or_default());
    }
    Ok(output.status.success().then_some(name))
}

fn lead(peer: &Peer, run: &Run<'_>, score: &mut Score) -> Result<()> {
    let start = Instant::now();
    let output = command(peer, run)?;
    score.walls.push(start.elapsed());
    let code = output.status.code().unwrap_or(-1);
    if peer.refuses == Some(code) {
        score.refused += 1;
        return Ok(());
    }
    if !peer.done.contains(&code) {
        score.failed += 1;
        return Ok(());
    }
    let (a, b) = run.databases;
    let copy = format!("{a}_copy");
    for sql in [format!("DROP DATABASE IF EXISTS {copy}"), format!("CREATE DATABASE {copy} TEMPLATE {a}")] {
        psql("postgres", &["-c", &sql])?;
    }
    let script = run.out.join("script.sql");
    std::fs::write(&script, &output.stdout)?;
    let played = psql_on(&copy).arg("-f").arg(&script).output()?;
    match played.status.success() {
        false => score.failed += 1,
        true if dump(&copy)? == dump(b)? => score.solved += 1,
        true => score.wrong += 1,
    }
    Ok(())
}

fn command(peer: &Peer, run: &Run<'_>) -> Result<Output> {
    let of = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let (host, port) = (of("PGHOST", ""), of("PGPORT", "5432"));
    let user = of("PGUSER", "postgres");
    let url = |database: &str| format!("postgresql://{user}@/{database}?host={host}&port={port}");
    // Drivers of Node take a folder only as an encoded host.
    let node = |database: &str| format!("postgresql://{user}@{}:{port}/{database}", host.replace('/', "%2F"));
    let (a, b) = run.databases;
    let mut command = Command::new("sh");
    command.args(["-c", peer.script]);
    command.env("GROUNDLINE", run.groundline).env("PEERS", run.peers).env("OUT", run.out);
    command.env("A", url(a)).env("B", url(b)).env("NODE_A", node(a)).env("NODE_B", node(b));
    command.output().with_context(|| format!("{} does not start", peer.name))
}

/// The lines of a dump, sorted, without commas at their ends, comments, and what is random.
fn dump(database: &str) -> Result<Vec<String>> {
    let output = Command::new("pg_dump").args(["--schema-only", "--dbname", database]).output()?;
    ensure!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let counts = |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\');
    let mut lines: Vec<String> =
        text.lines().filter(counts).map(|line| line.trim_end_matches(',').to_owned()).collect();
    lines.sort_unstable();
    Ok(lines)
}

fn print(options: &Options, scores: &[Score]) {
    let pairs = scores.first().map_or(0, |score| score.walls.len());
    println!(
        "{pairs} pairs of {}, {} apart; Groundline built as {}",
        options.path, options.apart, options.profile
    );
    println!(
        "  {:<14} {:>7} {:>8} {:>6} {:>7} {:>12} {:>11}",
        "", "solved", "refused", "wrong", "failed", "median", "sum"
    );
    for (peer, score) in PEERS.iter().zip(scores) {
        println!(
            "  {:<14} {:>7} {:>8} {:>6} {:>7} {:>9.0} ms {:>9.1} s",
            peer.name,
            score.solved,
            score.refused,
            score.wrong,
            score.failed,
            measure::median(score.walls.clone()).as_secs_f64() * 1_000.0,
            score.walls.iter().sum::<Duration>().as_secs_f64()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options() {
        let options = Options::parse(&["r", "p", "20", "--pairs", "3", "--postgres", "18"]).unwrap();
        assert_eq!((options.apart, options.pairs, options.profile.as_str()), (20, 3, "dist"));
        assert_eq!(options.turns.postgres.as_deref(), Some("18"));
        for wrong in [&["r"][..], &["r", "p", "--pairs", "0"], &["r", "p", "many"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
