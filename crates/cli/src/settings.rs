//! What a run is told: `groundline.toml`, overridden by flags and environment variables.
//! Out: parsing the command line (`args`), and finding migrations when nobody names them (`migrate::layout`).
//! Called by the commands.

use crate::args::{ProjectArgs, ServerArgs};
use crate::backup::BackupConfig;
use crate::guard::GuardConfig;
use groundline_catalog::{Profile, Scope};
use groundline_contracts::environment;
use groundline_contracts::owners::Startup;
use groundline_core::{Digest, Fault, LineIndex, Major, Place, Result};
use groundline_gate::{GateConfig, People, Production, Windows};
use groundline_lint::{Levels, Policies, Scale};
use groundline_pg::alembic;
use groundline_pg::server::{Database, Wanted};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The name of the configuration file in a project's folder.
pub const FILE: &str = "groundline.toml";

/// `groundline.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub project: ProjectConfig,
    pub migrations: MigrationsConfig,
    pub postgres: PostgresConfig,
    pub shadow: ShadowConfig,
    /// What counts of a schema, wherever one is read.
    pub catalog: Scope,
    pub app: Option<AppConfig>,
    pub snapshot: SnapshotConfig,
    /// How the project's own Alembic is run.
    pub alembic: alembic::Settings,
    /// What the lint is to find.
    pub lint: LintConfig,
    /// What the team asks of its revisions, beside what hurts everybody.
    pub policy: Policies,
    /// Who may change the schema outside migrations.
    pub startup: Startup,
    /// Where the application and the migrations find the database.
    pub environment: environment::Settings,
    /// Which databases the rules of production hold for.
    pub production: Production,
    /// When production may be migrated.
    pub windows: Windows,
    /// Who may migrate it, and who approves.
    pub owners: People,
    /// Backups, and which of them an upgrade of production needs.
    pub backup: BackupConfig,
    /// Whom the guard in the database lets through.
    pub guard: GuardConfig,
    /// What it is about, and what not.
    pub scope: ScopeConfig,
    /// The definition of done.
    pub gate: GateConfig,
}

/// `[scope]`: for people, and for the gate.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeConfig {
    /// What is in scope, a line each.
    #[serde(rename = "in")]
    pub inside: Vec<String>,
    /// What is not.
    pub out: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectConfig {
    /// The name in reports; the folder's name without it.
    pub name: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MigrationsConfig {
    /// Relative to the project's folder; found without it.
    pub folder: Option<PathBuf>,
    /// The layout's id; detected without it.
    pub layout: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostgresConfig {
    /// Production's major.
    pub major: Option<u16>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShadowConfig {
    /// SQL that an empty database needs before the first revision: roles, extensions.
    pub before: Option<PathBuf>,
}

/// What the lint is to find.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LintConfig {
    /// Which revisions are new: those after this version, or that this git ref lacks. Without it, those that are not locked,
    /// or not on the branch that this one is to be merged into.
    pub since: Option<String>,
    /// What sizes of tables mean, where they are given.
    pub sizes: Scale,
    /// `L102 = "off"`, `A704 = "warning"`: what a rule counts for.
    pub rules: Levels,
}

/// How the application is started on a migrated database. `{url}`, `{host}`, `{port}` … are filled in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppConfig {
    /// Run before the clock of `timeout_seconds` starts.
    pub build: Option<String>,
    pub start: String,
    /// Working directory, relative to the project's folder.
    #[serde(default)]
    pub directory: PathBuf,
    /// Path or URL that must answer 2xx.
    pub health: String,
    /// Paths or URLs that must answer 2xx once the application is healthy.
    #[serde(default)]
    pub reads: Vec<String>,
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u64,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SnapshotConfig {
    /// A dump of an existing database, relative to the project's folder.
    pub file: Option<PathBuf>,
}

fn default_timeout() -> u64 {
    30
}

/// A project's folder and its configuration.
#[derive(Debug)]
pub struct Project {
    pub folder: PathBuf,
    pub config: Config,
}

impl Project {
    /// Reads the configuration of the project that the arguments name; without a file, the defaults.
    pub fn open(args: &ProjectArgs) -> Result<Self> {
        let folder = args.project.clone();
        if !folder.is_dir() {
            return Err(Fault::new("no such folder").at(Place::file(&folder)));
        }
        let path = args.history.config.clone().unwrap_or_else(|| folder.join(FILE));
        let mut config = match std::fs::read_to_string(&path) {
            Ok(text) => parse(&path, &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && args.history.config.is_none() => {
                Config::default()
            }
            Err(error) => return Err(Fault::io("read the configuration", path, &error)),
        };
        let given = args.history.migrations.clone();
        config.migrations.folder =
            given.or_else(|| config.migrations.folder.map(|inside| folder.join(inside)));
        config.migrations.layout = args.history.layout.clone().or(config.migrations.layout);
        Ok(Self { folder, config })
    }

    /// The name in reports.
    pub fn name(&self) -> String {
        let folder = || self.folder.canonicalize().ok()?.file_name()?.to_str().map(str::to_owned);
        self.config.project.name.clone().or_else(folder).unwrap_or_else(|| "project".to_owned())
    }

    /// What counts of a schema; `profile` overrides the configuration's.
    pub fn scope(&self, profile: Option<Profile>) -> Scope {
        let configured = self.config.catalog.clone();
        Scope { profile: profile.unwrap_or(configured.profile), ..configured }
    }

    /// Which server the arguments and the configuration ask for.
    pub fn wanted_server(&self, args: &ServerArgs) -> Result<Wanted> {
        Ok(args.wanted(self.production_major()?))
    }

    /// Whether the rules of production hold for a database.
    ///
    /// # Errors
    /// `[production]` names databases, and the URL is of several servers, so that it is not clear which one is meant.
    pub fn is_production(&self, url: &str) -> Result<bool> {
        if self.config.production.at.is_none() {
            return Ok(true);
        }
        let parts = Database::at(url)?.url_parts();
        Ok(self.config.production.is(&parts.host, &parts.database))
    }

    /// SHA-256 of what the configuration says of the project, without what names people, times and waivers: evidence that was
    /// measured under another is stale.
    pub fn inputs_digest(&self) -> Option<Digest> {
        let mut table: toml::Table = std::fs::read_to_string(self.folder.join(FILE)).ok()?.parse().ok()?;
        for key in ["gate", "owners", "windows", "production", "backup", "guard", "scope"] {
            table.remove(key);
        }
        Some(Digest::of(table.to_string()))
    }

    /// Production's major, where the configuration names it.
    pub fn production_major(&self) -> Result<Option<Major>> {
        let configured = self.config.postgres.major.map(|number| number.to_string().parse::<Major>());
        configured.transpose().map_err(|why| {
            Fault::new("postgres.major is not usable").at(Place::file(self.folder.join(FILE))).why(why)
        })
    }
}

fn parse(path: &Path, text: &str) -> Result<Config> {
    toml::from_str(text).map_err(|error| {
        let position = error.span().map(|span| LineIndex::new(text).position(span.start));
        Fault::new("the configuration is not valid")
            .at(Place::File { path: path.to_owned(), position })
            .why(error.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_key_is_named_with_its_place() {
        let fault = parse(Path::new("groundline.toml"), "[project]\nnme = \"x\"\n").unwrap_err();
        assert_eq!(fault.place.map(|place| place.to_string()).as_deref(), Some("groundline.toml:2:1"));
        assert!(fault.why.unwrap().contains("unknown field `nme`"));
    }

    #[test]
    fn rules_that_there_are_count_for_what_a_team_says() {
        let lint = |text: &str| parse(Path::new("groundline.toml"), &format!("[lint.rules]\n{text}\n"));
        lint("L102 = \"off\"\ncreate-index-blocks-writes = \"warning\"").unwrap();
        let fault = lint("L999 = \"off\"").unwrap_err();
        assert!(fault.why.unwrap().contains("there is no rule L999"));
        lint("L102 = \"loud\"").unwrap_err();
    }

    #[test]
    fn what_is_left_out_of_a_schema_has_a_reason() {
        let catalog = |text: &str| parse(Path::new("groundline.toml"), &format!("[catalog]\n{text}\n"));
        let config =
            catalog(r#"exclude = [{ pattern = "audit.*", kind = "table", reason = "made by a job" }]"#);
        assert_eq!(config.unwrap().catalog.exclude[0].reason.as_deref(), Some("made by a job"));
        let refused = [
            (r#"exclude = [{ pattern = "audit.*" }]"#, "needs a reason"),
            (r#"exclude = [{ pattern = "audit.*", reason = " " }]"#, "needs a reason"),
            (r#"include = [{ pattern = "" }]"#, "a pattern is empty"),
            (r#"include = [{ pattern = "a.*", kind = "tabel" }]"#, "unknown variant `tabel`"),
            (r#"profile = "most""#, "unknown variant `most`"),
        ];
        for (text, why) in refused {
            let fault = catalog(text).unwrap_err();
            assert_eq!(
                fault.place.map(|place| place.to_string()[..17].to_owned()).unwrap(),
                "groundline.toml:2"
            );
            assert!(fault.why.as_ref().unwrap().contains(why), "{text}: {:?}", fault.why);
        }
    }
}
