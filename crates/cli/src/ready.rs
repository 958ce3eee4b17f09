//! The command `ready`: whether a database is at the revision that a release expects; and a function in the database that says
//! so to any language.
//! Out: what an answer means (`groundline-ready`, which applications use themselves).
//! Called by `main`.

use crate::args::InProject;
use crate::settings::Project;
use crate::{Exit, console, drill};
use clap::Args;
use groundline_core::{Fault, Place, Result};
use groundline_migrate::lock::LOCK_FILE;
use groundline_pg::client;
use groundline_ready::{Expected, Standing, standing};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pause between two looks of `--wait`.
const POLL: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub struct ReadyArgs {
    /// The database.
    #[arg(
        long,
        value_name = "URL",
        env = "DATABASE_URL",
        hide_env_values = true,
        required_unless_present = "sql"
    )]
    pub url: Option<String>,
    /// The revision that it must have: head, or a version.
    #[arg(long, value_name = "VERSION", default_value = "head")]
    pub revision: String,
    /// The lock file that says which revisions there are, where the migrations themselves are not at hand.
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,
    /// Refuse a database that is ahead of the revision, too.
    #[arg(long)]
    pub exact: bool,
    /// Ask again for so many seconds, until it is ready.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// Make the function groundline.is_at(revision) in the database, for programs in any language.
    #[arg(long)]
    pub install: bool,
    /// Print the statements that make this function, and do nothing else.
    #[arg(long)]
    pub sql: bool,
    #[command(flatten)]
    pub project: InProject,
}

/// Runs `ready`.
pub async fn run(args: ReadyArgs) -> Result<Exit> {
    let expected = expected(&args)?;
    let function = function(&expected);
    let url = match (&args.url, args.sql) {
        (Some(url), false) => url,
        _ => {
            console::data(&function);
            return Ok(Exit::Done);
        }
    };
    if args.install {
        let client = client::connect(url).await?;
        let batch = format!("SET lock_timeout = '2s'; {function}");
        client.batch_execute(&batch).await.map_err(|error| client::fault(&error))?;
        console::data("groundline.is_at(revision) is in the database\n");
        return Ok(Exit::Done);
    }
    let until = Instant::now() + Duration::from_secs(args.wait);
    loop {
        let asked = ask(url, &expected).await;
        let is_ready = asked.as_ref().is_ok_and(|standing| suits(standing, args.exact));
        if !is_ready && Instant::now() < until {
            tokio::time::sleep(POLL).await;
            continue;
        }
        let standing = asked?;
        let word = if is_ready { "ready" } else { "not ready" };
        console::data(&format!("{word} for revision {}: the database is {standing}\n", expected.head()));
        return Ok(if is_ready { Exit::Done } else { Exit::Findings });
    }
}

fn suits(standing: &Standing, exact: bool) -> bool {
    if exact { *standing == Standing::Ready } else { standing.is_ready() }
}

async fn ask(url: &str, expected: &Expected) -> Result<Standing> {
    let client = client::connect(url).await?;
    standing(&client, expected).await.map_err(|error| client::fault(&error))
}

/// What the release expects: of a lock file that is named, or of the project's revisions.
fn expected(args: &ReadyArgs) -> Result<Expected> {
    let expected = match &args.lock {
        Some(file) => of_lock(file)?,
        None => {
            let history = drill::history(&Project::open(&args.project.args())?)?;
            let versions: Vec<String> = history
                .revisions
                .iter()
                .filter(|one| !one.repeatable)
                .map(|one| one.version.clone())
                .collect();
            let head = versions
                .last()
                .cloned()
                .ok_or_else(|| Fault::new("there is no revision yet").at(Place::file(&history.folder)))?;
            Expected::new(history.layout, &head, versions).map_err(|error| Fault::new(error.to_string()))?
        }
    };
    match args.revision.as_str() {
        "head" => Ok(expected),
        version => expected.at(version).map_err(|error| Fault::new(error.to_string())),
    }
}

fn of_lock(file: &Path) -> Result<Expected> {
    let text = std::fs::read_to_string(file).map_err(|error| Fault::io("read the lock", file, &error))?;
    Expected::of_lock(&text).map_err(|error| {
        Fault::new(error.to_string())
            .at(Place::file(file))
            .next(format!("name a {LOCK_FILE} that `groundline lock` wrote"))
    })
}

/// The function, which runs with its owner's rights: a caller needs none on the history table.
fn function(expected: &Expected) -> String {
    format!(
        "CREATE SCHEMA IF NOT EXISTS groundline;\n\
         GRANT USAGE ON SCHEMA groundline TO PUBLIC;\n\
         CREATE OR REPLACE FUNCTION groundline.is_at(revision text) RETURNS boolean\n    \
         LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp\n    \
         AS $groundline$ SELECT revision IN ({}) $groundline$;\n\
         COMMENT ON FUNCTION groundline.is_at(text) IS 'Whether the history of migrations has a revision';\n",
        expected.query()
    )
}
