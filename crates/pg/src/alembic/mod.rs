//! The project's own Alembic: which interpreter has it, how its `env.py` is told the database, and sessions in which
//! it runs revisions.
//! Out: the folder and its files (`migrate::layout::alembic`), the history table (`dialect::alembic`).
//! Called by whoever plays a history of Alembic's, through `stage` and `run`.

mod interpreter;
pub mod models;
mod rendered;
mod session;

pub use rendered::{Rendered, rendered};
pub use session::{Executed, Session};

use crate::server::{Database, filled};
use groundline_core::{Fault, Place, Result};
use groundline_migrate::history::History;
use interpreter::Interpreter;
use serde::Deserialize;
use session::Opened;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What stands for the folder of a socket where a host name is wanted. No name ends so: RFC 6761, 6.4.
const SOCKET_HOST: &str = "groundline-shadow.invalid";

/// What to do where `env.py` does not find its way to the database.
const NEXT: &str = "have env.py read config.get_main_option(\"sqlalchemy.url\"), or name the variables that it reads: \
                    url_env and [alembic.env] in groundline.toml";

/// How `env.py` is run, as the project's configuration says; all of it may be left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The interpreter that has Alembic, relative to the project's folder.
    pub python: Option<PathBuf>,
    /// Words before the interpreter's own arguments, such as `["uv", "run", "python"]`.
    pub command: Option<Vec<String>>,
    /// Variables that hold the database's URL, as SQLAlchemy spells it.
    pub url_env: Vec<String>,
    /// Other variables, with `{sqlalchemy_url}`, `{url}`, `{pghost}` … in them.
    pub env: BTreeMap<String, String>,
    /// What `alembic -x` is given, with the same placeholders.
    pub x: Vec<String>,
    /// The driver in SQLAlchemy's URL, such as `psycopg`; chosen by what is installed without it.
    pub driver: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            python: None,
            command: None,
            url_env: vec!["DATABASE_URL".to_owned()],
            env: BTreeMap::new(),
            x: Vec::new(),
            driver: None,
        }
    }
}

/// A project's Alembic.
pub struct Alembic {
    interpreter: Interpreter,
    settings: Settings,
    /// The script folder, absolute, and as it was given.
    folder: PathBuf,
    shown: PathBuf,
    /// `alembic.ini` and `pyproject.toml`, where they configure Alembic.
    ini: Option<PathBuf>,
    toml: Option<PathBuf>,
    directory: PathBuf,
    /// `postgresql+psycopg`.
    scheme: String,
}

impl Alembic {
    /// Finds the interpreter, and compares Alembic's own graph of revisions with the one that was read from the files.
    ///
    /// # Errors
    /// No interpreter has Alembic; Alembic can't load the files, or sees other revisions in them.
    pub async fn find(given: &Path, history: &History, settings: Settings) -> Result<Self> {
        let absolute = |path: &Path| {
            path.canonicalize().map_err(|error| Fault::io("look for Alembic's folder", path, &error))
        };
        let (project, folder) = (absolute(given)?, absolute(&history.folder)?);
        let interpreter = interpreter::find(&project, &folder, &settings)
            .await
            .map_err(|tried| no_interpreter(given, history, &tried))?;
        let levels = || folder.ancestors().take_while(|level| level.starts_with(&project));
        // A copy of the folder, where revisions are tried, lies elsewhere and has the project's configuration.
        let all = || levels().chain(std::iter::once(project.as_path()));
        let beside = |name: &str| all().map(|level| level.join(name)).find(|file| file.is_file());
        let ini = beside("alembic.ini");
        let configures =
            |file: &PathBuf| std::fs::read_to_string(file).is_ok_and(|text| text.contains("[tool.alembic"));
        let toml = beside("pyproject.toml").filter(configures);
        let directory = [&ini, &toml].into_iter().flatten().find_map(|file| file.parent());
        let directory = directory.unwrap_or(&project).to_owned();
        let scheme = scheme(&settings, &folder, ini.as_deref(), &interpreter);
        let shown = history.folder.clone();
        let found = Self { interpreter, settings, folder, shown, ini, toml, directory, scheme };
        found.assert_same_graph(history).await?;
        Ok(found)
    }

    /// Which Alembic it is, and where from.
    pub fn told(&self) -> String {
        self.interpreter.told()
    }

    /// A session on a database, to which `env.py` has connected once. It ends the process that it started when it is dropped.
    ///
    /// # Errors
    /// The process does not start; `env.py` fails, or connects to another database: nothing was run there.
    pub async fn on(&self, database: &Database) -> Result<Session> {
        self.on_set(database, &[]).await
    }

    /// The same, with statements that each connection begins with, such as its limits.
    ///
    /// # Errors
    /// As for `on`.
    pub async fn on_set(&self, database: &Database, settings: &[String]) -> Result<Session> {
        let parts = database.url_parts();
        let mut values = database.placeholders();
        // Settings classes and URL parsers of Python want a host name; the process makes the folder of it again.
        let on_socket = parts.host.starts_with('/');
        let host = if on_socket { SOCKET_HOST } else { &parts.host };
        values.insert("pghost", host.to_owned());
        let url = database.url_at(host).replacen("postgresql:", &format!("{}:", self.scheme), 1);
        values.insert("sqlalchemy_url", url.clone());
        let mut environment = database.environment();
        let own = self.settings.env.iter().map(|(name, value)| (name.as_str(), filled(value, &values)));
        let urls = self.settings.url_env.iter().map(|name| (name.as_str(), url.clone()));
        environment.extend(urls.chain(own).map(|(name, value)| (name, Some(value))));
        let marker = session::Marker::hold(database).await?;
        let opened = Opened {
            key: Some(marker.key()),
            url: Some(url),
            host: on_socket.then_some((SOCKET_HOST, parts.host)),
            x: self.settings.x.iter().map(|one| filled(one, &values)).collect(),
            settings: settings.to_vec(),
        };
        let session = self.session(opened, &environment, Some(marker)).await?;
        match session.connect().await {
            Ok(()) => Ok(session),
            Err(fault) => Err(if fault.next.is_some() { fault } else { fault.next(NEXT) }),
        }
    }

    /// Has Alembic write the file of a new revision after the head, by the project's own template; its path in the
    /// script folder.
    pub async fn make(&self, message: &str) -> Result<PathBuf> {
        let session = self.session(Opened::default(), &[], None).await?;
        let made = session.make(message).await;
        session.end().await;
        made
    }

    async fn session(
        &self,
        opened: Opened,
        environment: &[(&str, Option<String>)],
        marker: Option<session::Marker>,
    ) -> Result<Session> {
        let mut command = self.interpreter.command();
        command.current_dir(&self.directory);
        for (name, value) in environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let places = session::Places { folder: self.folder.clone(), shown: self.shown.clone() };
        Session::start(command, self, opened, places, marker).await
    }

    /// The files were read without running them; Alembic has the last word on what they say.
    async fn assert_same_graph(&self, history: &History) -> Result<()> {
        let session = self.session(Opened::default(), &[], None).await?;
        let theirs = session.graph().await;
        session.end().await;
        let theirs = theirs?;
        let parents = |version: &str| {
            let graph = history.graph.as_ref()?;
            Some(graph.parents(version).iter().cloned().collect::<BTreeSet<String>>())
        };
        let ours: BTreeMap<String, BTreeSet<String>> = history
            .revisions
            .iter()
            .map(|one| (one.version.clone(), parents(&one.version).unwrap_or_default()))
            .collect();
        if ours == theirs {
            return Ok(());
        }
        let other = |version: &&String| ours.get(*version) != theirs.get(*version);
        let mut others: Vec<String> = ours.keys().chain(theirs.keys()).filter(other).cloned().collect();
        others.sort();
        others.dedup();
        Err(Fault::new("Alembic sees other revisions than the files show")
            .at(Place::file(&self.shown))
            .why(format!("they differ in {}", others.join(", ")))
            .next("compare with `alembic history`; revisions outside of `versions` are not read"))
    }
}

fn no_interpreter(project: &Path, history: &History, tried: &[String]) -> Fault {
    Fault::new("no Python with Alembic found")
        .at(Place::file(&history.folder))
        .why(format!("tried\n  {}", tried.join("\n  ")))
        .next(interpreter::install(project))
}

/// The scheme of SQLAlchemy's URL: the configured driver, that of the URL in `alembic.ini`, or what is installed.
fn scheme(settings: &Settings, folder: &Path, ini: Option<&Path>, interpreter: &Interpreter) -> String {
    let with = |driver: &str| match driver {
        "psycopg2" => "postgresql".to_owned(),
        driver => format!("postgresql+{driver}"),
    };
    if let Some(driver) = &settings.driver {
        return with(driver);
    }
    let text = ini.and_then(|ini| std::fs::read_to_string(ini).ok()).unwrap_or_default();
    let configured = text.lines().find_map(|line| {
        let (_, url) = line.trim().strip_prefix("sqlalchemy.url")?.split_once('=')?;
        let (driver, _) = url.trim().strip_prefix("postgresql+")?.split_once("://")?;
        Some(with(driver))
    });
    if let Some(scheme) = configured {
        return scheme;
    }
    let environment = std::fs::read_to_string(folder.join("env.py")).unwrap_or_default();
    let is_async =
        ["async_engine_from_config", "create_async_engine"].iter().any(|name| environment.contains(name));
    let wanted: &[&str] =
        if is_async { &["asyncpg", "psycopg"] } else { &["psycopg2", "psycopg", "pg8000", "asyncpg"] };
    let installed = |driver: &&&str| interpreter.drivers.iter().any(|one| one == **driver);
    wanted.iter().find(installed).map_or_else(|| "postgresql".to_owned(), |driver| with(driver))
}
