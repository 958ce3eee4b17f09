//! A session: one process of the project's Python that runs revisions on one database, and its protocol.
//! Out: which interpreter (`interpreter`), what the process does with a request (`driver.py`).
//! Called by `stage` and by onboarding.

use super::{Alembic, NEXT};
use crate::client::{Client, OrFault as _};
use crate::server::Database;
use groundline_core::{Fault, Place, Position, Result};
use groundline_migrate::history::Revision;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

const DRIVER: &str = include_str!("driver.py");

/// How long a process that is asked to end may take.
const GRACE: Duration = Duration::from_secs(5);

/// How many of the last lines on stderr are kept, for a process that dies.
const KEPT: usize = 12;

/// Characters of a statement that a fault shows.
const SHOWN: usize = 300;

/// An advisory lock in the database that is meant: whoever sees it is in that database, whatever its address is called.
pub(super) struct Marker {
    _client: Client,
    key: i64,
}

impl Marker {
    pub(super) async fn hold(database: &Database) -> Result<Self> {
        let client = database.connect().await?;
        let key = (RandomState::new().build_hasher().finish() >> 2) as i64;
        client.execute("SELECT pg_catalog.pg_advisory_lock($1)", &[&key]).await.fault()?;
        Ok(Self { _client: client, key })
    }

    pub(super) fn key(&self) -> i64 {
        self.key
    }
}

/// What the process is told at first; by default nothing of a database, to which it must not connect then.
#[derive(Default)]
pub(super) struct Opened {
    pub key: Option<i64>,
    pub url: Option<String>,
    /// A host name that stands for the folder of a socket.
    pub host: Option<(&'static str, String)>,
    pub x: Vec<String>,
    /// Statements that each connection begins with.
    pub settings: Vec<String>,
}

/// The script folder: absolute, and as people know it.
pub(super) struct Places {
    pub folder: PathBuf,
    pub shown: PathBuf,
}

/// One process on one database.
pub struct Session {
    process: Mutex<Process>,
    places: Places,
    _marker: Option<Marker>,
}

struct Process {
    child: Child,
    stdin: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    noise: Arc<Mutex<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(Value),
    Error(Told),
}

/// An exception, as the process tells it.
#[derive(Deserialize)]
struct Told {
    kind: String,
    message: String,
    sqlstate: Option<String>,
    statement: Option<String>,
    file: Option<PathBuf>,
    line: Option<usize>,
}

/// A statement that a revision had executed.
#[derive(Clone, Debug, Deserialize)]
pub struct Executed {
    /// The statement, as the driver was given it.
    pub sql: String,
    /// The line of the revision's file.
    pub line: usize,
}

#[derive(Deserialize)]
struct Stepped {
    statements: Vec<Executed>,
}

#[derive(Deserialize)]
struct Made {
    file: PathBuf,
}

#[derive(Deserialize)]
struct Graph {
    revisions: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    revision: String,
    parents: BTreeSet<String>,
}

impl Session {
    pub(super) async fn start(
        mut command: Command,
        alembic: &Alembic,
        opened: Opened,
        places: Places,
        marker: Option<Marker>,
    ) -> Result<Self> {
        command.args(["-c", DRIVER]).env("PYTHONUNBUFFERED", "1");
        // A person's Ctrl-C is for us: we cancel on the server what the process waits for.
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let not_started = |why: String| Fault::new("the project's Python could not be started").why(why);
        let mut child = command.spawn().map_err(|error| not_started(error.to_string()))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(not_started("it has no pipes".to_owned()));
        };
        let noise = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(keep_last(BufReader::new(stderr).lines(), noise.clone()));
        let process = Process { child, stdin, answers: BufReader::new(stdout).lines(), noise };
        let host = opened.host.map(|(name, folder)| json!({ "name": name, "folder": folder }));
        let session = Self { process: Mutex::new(process), places, _marker: marker };
        let request = json!({
            "do": "open", "folder": session.places.folder, "ini": alembic.ini, "toml": alembic.toml,
            "url": opened.url, "host": host, "key": opened.key, "x": opened.x, "settings": opened.settings,
        });
        session.ask::<Value>(&request).await?;
        Ok(session)
    }

    /// Has `env.py` connect, and run nothing.
    pub(super) async fn connect(&self) -> Result<()> {
        self.ask::<Value>(&json!({ "do": "connect" })).await.map(drop)
    }

    /// Runs one revision, up or down, with its row in the history table, as Alembic does both.
    ///
    /// # Errors
    /// What stops the revision, with its place in its file; `env.py` connects to another database than was meant.
    pub async fn step(&self, revision: &Revision, up: bool) -> Result<()> {
        self.step_seen(revision, up).await.map(drop)
    }

    /// The same, and gives the statements that the revision had executed, in order.
    ///
    /// # Errors
    /// As for `step`.
    pub async fn step_seen(&self, revision: &Revision, up: bool) -> Result<Vec<Executed>> {
        let request = json!({ "do": "step", "revision": revision.version, "up": up });
        let fallback = || Place::file(self.places.shown.join(&revision.up.file));
        let done = self.ask::<Stepped>(&request).await.map(|stepped| stepped.statements);
        done.map_err(|fault| if fault.place.is_none() { fault.at(fallback()) } else { fault })
    }

    /// Records that some revisions are applied, and what they come after, and no others, without running them; purged,
    /// whatever else the table has.
    ///
    /// # Errors
    /// Alembic's.
    pub async fn stamp(&self, heads: &[&str], purge: bool) -> Result<()> {
        let revisions = if heads.is_empty() { &["base"] } else { heads };
        let request = json!({ "do": "stamp", "revisions": revisions, "purge": purge });
        self.ask::<Value>(&request).await.map(drop)
    }

    /// Has Alembic write the file of a new revision, and gives its path.
    pub(super) async fn make(&self, message: &str) -> Result<PathBuf> {
        let made: Made = self.ask(&json!({ "do": "make", "message": message })).await?;
        Ok(made.file.strip_prefix(&self.places.folder).map_or(made.file.clone(), Path::to_owned))
    }

    /// Each revision with those that it comes after, as Alembic sees them.
    pub(super) async fn graph(&self) -> Result<BTreeMap<String, BTreeSet<String>>> {
        let graph: Graph = self.ask(&json!({ "do": "history" })).await?;
        Ok(graph.revisions.into_iter().map(|node| (node.revision, node.parents)).collect())
    }

    /// Has the process end, so that no connection of it is left.
    pub async fn end(self) {
        let mut process = self.process.into_inner();
        let _ = process.stdin.write_all(b"{\"do\": \"quit\"}\n").await;
        if tokio::time::timeout(GRACE, process.child.wait()).await.is_err() {
            let _ = process.child.kill().await;
        }
    }

    async fn ask<T: for<'a> Deserialize<'a>>(&self, request: &impl Serialize) -> Result<T> {
        let mut process = self.process.lock().await;
        let line = serde_json::to_string(request).map_err(|error| broken(&error.to_string()))?;
        let sent = process.stdin.write_all(format!("{line}\n").as_bytes()).await;
        let answer = match sent {
            Ok(()) => process.answers.next_line().await.ok().flatten(),
            Err(_) => None,
        };
        let Some(answer) = answer else {
            let _ = tokio::time::timeout(GRACE, process.child.wait()).await;
            return Err(broken(&process.noise.lock().await.join("\n")));
        };
        match serde_json::from_str(&answer).map_err(|error| broken(&error.to_string()))? {
            Answer::Ok(value) => serde_json::from_value(value).map_err(|error| broken(&error.to_string())),
            Answer::Error(told) => Err(self.fault(told)),
        }
    }

    fn fault(&self, told: Told) -> Fault {
        if told.kind == "refused" {
            return Fault::new("env.py does not connect to the database that was meant: nothing was run")
                .at(Place::file(self.places.shown.join("env.py")))
                .why(told.message)
                .next(NEXT);
        }
        let mut fault = match &told.sqlstate {
            Some(state) => Fault::new(&told.message).sqlstate(state),
            None => Fault::new(format!("{}: {}", told.kind, told.message)),
        };
        if let Some(statement) = &told.statement {
            let shown: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            let more = if shown.chars().count() > SHOWN { "…" } else { "" };
            fault = fault.why(format!("in {}{more}", shown.chars().take(SHOWN).collect::<String>()));
        }
        if told.kind == "ModuleNotFoundError" {
            fault = fault.next("install the project in that interpreter, or set PYTHONPATH in [alembic.env]");
        }
        match told.file {
            Some(file) => fault.at(self.place(&file, told.line)),
            None => fault,
        }
    }

    fn place(&self, file: &Path, line: Option<usize>) -> Place {
        let inside = file.strip_prefix(&self.places.folder).map(|inside| self.places.shown.join(inside));
        let path = inside.unwrap_or_else(|_| file.to_owned());
        Place::File { path, position: line.map(|line| Position { line, column: 1 }) }
    }
}

async fn keep_last(mut lines: Lines<BufReader<tokio::process::ChildStderr>>, noise: Arc<Mutex<Vec<String>>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        let mut noise = noise.lock().await;
        if noise.len() == KEPT {
            noise.remove(0);
        }
        noise.push(line);
    }
}

fn broken(why: &str) -> Fault {
    Fault::new("the project's Python broke off").why(why)
}
