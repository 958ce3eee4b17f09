//! Which Python has the project's Alembic: the places where one may be, tried in order.
//! Out: what is run with it (`session`).
//! Called by `Alembic::find`.

use super::Settings;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// How long an interpreter may take to say what it has; `uv run` may build an environment first.
const PATIENCE: Duration = Duration::from_secs(120);

/// Says which Alembic an interpreter has. The project's folder `alembic` is no package: the current folder is no place
/// to look.
const PROBE: &str = "import sys; sys.path[:] = [entry for entry in sys.path if entry]\n\
import json, importlib.util, alembic, sqlalchemy\n\
names = [name for name in ('psycopg2', 'psycopg', 'asyncpg', 'pg8000') if importlib.util.find_spec(name)]\n\
print(json.dumps({'alembic': alembic.__version__, 'python': sys.version.split()[0], 'drivers': names}))";

/// An interpreter that has Alembic.
pub struct Interpreter {
    words: Vec<String>,
    from: String,
    alembic: String,
    python: String,
    /// The modules for PostgreSQL that it has.
    pub drivers: Vec<String>,
}

#[derive(Deserialize)]
struct Probed {
    alembic: String,
    python: String,
    drivers: Vec<String>,
}

/// A place where one may be.
struct Candidate {
    words: Vec<String>,
    from: String,
}

impl Candidate {
    fn of(words: &[&str], from: impl Into<String>) -> Self {
        Self { words: words.iter().map(ToString::to_string).collect(), from: from.into() }
    }
}

impl Interpreter {
    /// Its command, to be given arguments.
    pub fn command(&self) -> Command {
        command(&self.words)
    }

    /// What it is, for people.
    pub fn told(&self) -> String {
        format!("Alembic {} on Python {}, from {}", self.alembic, self.python, self.from)
    }
}

/// The first that has Alembic: the configured one alone, else virtual environments, the project's package manager, and
/// PATH.
///
/// # Errors
/// None has it: what was tried, each with the reason.
pub async fn find(project: &Path, folder: &Path, settings: &Settings) -> Result<Interpreter, Vec<String>> {
    let mut tried = Vec::new();
    for candidate in candidates(project, folder, settings) {
        match probe(&candidate, project).await {
            Ok(Probed { alembic, python, drivers }) => {
                let Candidate { words, from } = candidate;
                return Ok(Interpreter { words, from, alembic, python, drivers });
            }
            Err(why) => tried.push(format!("{}: {why}", candidate.from)),
        }
    }
    Err(tried)
}

fn candidates(project: &Path, folder: &Path, settings: &Settings) -> Vec<Candidate> {
    if let Some(words) = &settings.command {
        return vec![Candidate { words: words.clone(), from: "[alembic] command".to_owned() }];
    }
    if let Some(python) = &settings.python {
        return vec![Candidate::of(&[&in_project(project, python)], "[alembic] python")];
    }
    let mut all = Vec::new();
    let mut add_environment = |environment: PathBuf, from: String| {
        let python = environment.join("bin/python");
        if python.exists() {
            all.push(Candidate::of(&[&python.to_string_lossy()], from));
        }
    };
    if let Some(active) = std::env::var_os("VIRTUAL_ENV") {
        add_environment(active.into(), "VIRTUAL_ENV".to_owned());
    }
    for level in folder.ancestors().take_while(|level| level.starts_with(project)) {
        for name in [".venv", "venv"] {
            let shown = level.strip_prefix(project).unwrap_or(level).join(name);
            add_environment(level.join(name), shown.display().to_string());
        }
    }
    let managers: [(&str, &[&str]); 3] = [
        ("uv.lock", &["uv", "run", "--frozen", "python"]),
        ("poetry.lock", &["poetry", "run", "python"]),
        ("Pipfile", &["pipenv", "run", "python"]),
    ];
    let managed = managers.iter().filter(|(file, _)| project.join(file).is_file());
    all.extend(managed.map(|(_, words)| Candidate::of(words, words.join(" "))));
    all.push(Candidate::of(&["python3"], "python3 on PATH"));
    all
}

/// A command of the project's: a path is meant from its folder, a bare name is looked for on PATH.
fn in_project(project: &Path, python: &Path) -> String {
    match python.components().count() {
        1 => python.to_string_lossy().into_owned(),
        _ => project.join(python).to_string_lossy().into_owned(),
    }
}

/// What to type to have one.
pub fn install(project: &Path) -> String {
    let has = |file: &str| project.join(file).is_file();
    let shown = project.display();
    match () {
        () if has("uv.lock") => format!("cd {shown} && uv sync"),
        () if has("poetry.lock") => format!("cd {shown} && poetry install"),
        () if has("Pipfile") => format!("cd {shown} && pipenv install"),
        () => {
            let what =
                if has("requirements.txt") { "-r requirements.txt" } else { "alembic \"psycopg[binary]\"" };
            format!(
                "cd {shown} && python3 -m venv .venv && .venv/bin/pip install {what}; \
                 or name the interpreter: python = \"…\" in [alembic] of groundline.toml"
            )
        }
    }
}

fn command(words: &[String]) -> Command {
    let mut command = Command::new(words.first().map_or("python3", String::as_str));
    command.args(words.iter().skip(1)).kill_on_drop(true);
    command
}

async fn probe(candidate: &Candidate, project: &Path) -> Result<Probed, String> {
    let mut command = command(&candidate.words);
    command.args(["-c", PROBE]).current_dir(project).stdin(Stdio::null());
    let output = match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("it did not answer within {} s", PATIENCE.as_secs())),
    };
    let last = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes).lines().rfind(|line| !line.trim().is_empty()).map(str::to_owned)
    };
    let answer = last(&output.stdout).and_then(|line| serde_json::from_str(&line).ok());
    answer.ok_or_else(|| last(&output.stderr).unwrap_or_else(|| "it said nothing".to_owned()))
}
