//! The command line, as clap reads it.
//! Out: what commands do with it.
//! Called by `main` and the commands.

use crate::upgrade::args as upgrade;
use clap::{Args, Parser, Subcommand, ValueEnum};
use groundline_catalog::Profile;
use groundline_core::Major;
use groundline_pg::server::{self, Wanted};
use std::path::PathBuf;

/// PostgreSQL migration discipline, executable: run, measured and proven on a real PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "groundline", version, max_term_width = 100)]
#[command(after_help = "Exit status: 0 done, 1 findings or a refusal, 2 could not.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// Never colour the output.
    #[arg(long, global = true)]
    pub no_color: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole discipline on a project and write the evidence.
    Check(CheckArgs),
    /// Make a project ready: configuration, lock, documents, CI. Changes no file that is there.
    Init(crate::init::InitArgs),
    /// Say who changes the schema outside migrations, and whether application and migrations mean one database.
    Doctor(crate::doctor::args::DoctorArgs),
    /// Write down what the revisions are and which schema each yields, or verify it.
    Lock(LockArgs),
    /// Say which revision a database or a dump is, by its schema. A database is only read.
    Identify(IdentifyArgs),
    /// Up, down and up again for every revision, comparing schemas.
    Drill(DrillArgs),
    /// Print the digest of a database's schema. The database is only read.
    Fingerprint(FingerprintArgs),
    /// Show how two schemas differ: databases, migrations at a revision, dumps, SQL files.
    Diff(DiffArgs),
    /// Show how a database differs from the revision that it is at. The database is only read.
    Drift(DriftArgs),
    /// Choose what becomes of drift: a revision that does it everywhere, or the statements that take it back.
    Reconcile(crate::manage::reconcile::ReconcileArgs),
    /// Judge revisions or scripts: what blocks, destroys or breaks, by their text and the schema before them.
    Lint(crate::lint::args::LintCommand),
    /// Run revisions or scripts on a shadow, and say which locks, rewrites and scans PostgreSQL did.
    Trace(crate::lint::args::LintArgs),
    /// Print the page of a rule, or list all rules.
    Rule(crate::lint::args::RuleArgs),
    /// List what was left behind in a schema: INVALID indexes, NOT VALID constraints, disabled triggers.
    Debt(crate::lint::args::DebtArgs),
    /// Print how large a database's tables are, for `lint --stats`. The database is only read.
    Stats(crate::lint::args::StatsArgs),
    /// Show which revisions would run on a database, and how. The database is only read.
    Plan(upgrade::PlanArgs),
    /// Sign a plan that loses data, so that its operator may run it.
    Approve(crate::approve::ApproveArgs),
    /// Run the ups that a database lacks, each recorded in its history table.
    Upgrade(upgrade::UpgradeArgs),
    /// Run the downs of the newest revisions of a database.
    Downgrade(upgrade::DowngradeArgs),
    /// List the revisions of a folder, and which of them a database has.
    History(crate::manage::history::ListArgs),
    /// Say what a database is at: by its history table, and by its schema. The database is only read.
    Current(crate::manage::current::CurrentArgs),
    /// Make the history table say that a database is at a revision, if its schema proves that.
    Stamp(crate::manage::stamp::StampArgs),
    /// Recognise a live database by its schema, and write its history table; or copy it to another tool's.
    Adopt(crate::manage::adopt::AdoptArgs),
    /// Write the first revision of a project whose database is there already, proven to be its schema.
    Baseline(crate::manage::baseline::BaselineArgs),
    /// Write the files of a new revision, named as the folder's tool would.
    Revision(crate::manage::revision::RevisionArgs),
    /// Say what is wrong with a database's history, and how to settle it.
    Repair(crate::manage::repair::RepairArgs),
    /// Say whether a database is at the revision that a release expects: for entrypoints and probes. One round trip.
    Ready(crate::ready::ReadyArgs),
    /// Back a database up, and try whether the backup restores. The database is only read.
    Backup(crate::backup::args::BackupArgs),
    /// Restore a backup to a database of its own, compared before it gets its name.
    Restore(crate::backup::args::RestoreArgs),
    /// Apply the revisions that a database lacks to its newest backup, on a shadow, and keep how long each took: a window is held
    /// against that.
    Rehearse(crate::backup::args::RehearseArgs),
    /// Say how to go on after a run that failed, or that is regretted, from the facts. The database is only read.
    Decide(crate::decide::DecideArgs),
    /// Keep schema changes outside migrations away from a database, but for emergencies that are logged.
    Guard(crate::guard::args::GuardArgs),
    /// Show the definition of done: what is proven, by what, how fresh, and who signed.
    Gate(crate::gate::args::GateArgs),
    /// Sign an item of the gate, or the whole definition of done, with an SSH key.
    Sign(crate::gate::args::SignArgs),
    /// List, show, verify and export what runs of `check` left.
    Evidence(crate::gate::args::EvidenceArgs),
    /// Show the gate, all runs and the one that is under way in a browser. Read-only, on this machine alone.
    Serve(crate::serve::ServeArgs),
    /// Write the team's documents: cookbook, review checklist, runbooks.
    Docs(crate::docs::DocsArgs),
    /// See, fetch and run the PostgreSQL servers that Groundline uses.
    Postgres(crate::postgres::PostgresArgs),
    /// Print the completions of a shell.
    Completions(crate::generated::CompletionsArgs),
    /// Write the manual pages.
    Man(crate::generated::ManArgs),
}

/// Which project.
#[derive(Debug, Args)]
pub struct ProjectArgs {
    /// Folder of the project, or a bare folder of migrations.
    #[arg(default_value = ".", value_name = "DIR")]
    pub project: PathBuf,
    #[command(flatten)]
    pub history: HistoryArgs,
}

/// Which history of a project.
#[derive(Clone, Debug, Default, Args)]
pub struct HistoryArgs {
    /// Folder of the migrations; found without it.
    #[arg(long, value_name = "DIR")]
    pub migrations: Option<PathBuf>,
    /// Layout of the migrations; detected without it.
    #[arg(long, value_name = "ID")]
    pub layout: Option<String>,
    /// Configuration file instead of DIR/groundline.toml.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl ProjectArgs {
    /// A folder, and all else from its configuration.
    pub fn of_folder(folder: &std::path::Path) -> Self {
        Self { project: folder.to_owned(), history: HistoryArgs::default() }
    }
}

/// Which project, for commands whose arguments are something else.
#[derive(Clone, Debug, Args)]
pub struct InProject {
    /// Folder of the project, whose groundline.toml is read if it is there.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub project: PathBuf,
    #[command(flatten)]
    pub history: HistoryArgs,
}

impl InProject {
    /// The same as positional arguments give it.
    pub fn args(&self) -> ProjectArgs {
        self.history.of_folder(self.project.clone())
    }
}

/// What counts of a schema.
#[derive(Clone, Debug, Args)]
pub struct ScopeArgs {
    /// What counts: schema, or full (owners, tablespaces, settings, what platforms make); without it, as
    /// groundline.toml says.
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<Profile>,
}

impl HistoryArgs {
    /// The project in a folder.
    pub fn of_folder(&self, project: PathBuf) -> ProjectArgs {
        ProjectArgs { project, history: self.clone() }
    }
}

/// Which PostgreSQL.
#[derive(Clone, Debug, Args)]
pub struct ServerArgs {
    /// Major version of PostgreSQL; production's.
    #[arg(long = "postgres", value_name = "MAJOR", env = "GROUNDLINE_POSTGRES")]
    pub major: Option<Major>,
    /// Use the server at this URL for shadow databases, instead of starting one.
    #[arg(long, value_name = "URL", env = "GROUNDLINE_SHADOW_URL", hide_env_values = true)]
    pub shadow_url: Option<String>,
    /// Take another major where the wanted one can't be had; the report says so.
    #[arg(long)]
    pub allow_other_major: bool,
    /// Pass over the PostgreSQL servers that are installed on this machine.
    #[arg(long, env = "GROUNDLINE_NO_INSTALLED_POSTGRES", value_parser = clap::builder::FalseyValueParser::new())]
    pub no_installed_postgres: bool,
    /// Fetch nothing.
    #[arg(long, env = "GROUNDLINE_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,
    /// Folder for fetched servers.
    #[arg(long, value_name = "DIR", env = "GROUNDLINE_CACHE")]
    pub cache: Option<PathBuf>,
}

impl ServerArgs {
    /// The wanted server; `configured` is the project's major.
    pub fn wanted(&self, configured: Option<Major>) -> Wanted {
        Wanted {
            major: self.major.or(configured),
            url: self.shadow_url.clone(),
            allow_other_major: self.allow_other_major,
            use_installed: !self.no_installed_postgres,
            allow_fetch: !self.offline,
            cache: self.cache.clone().unwrap_or_else(server::default_cache),
        }
    }
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Dump of an existing database to onboard: plain SQL, or pg_dump's custom or directory format.
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot_url")]
    pub snapshot: Option<PathBuf>,
    /// Existing database to onboard; it is only read, by pg_dump.
    #[arg(long, value_name = "URL", env = "GROUNDLINE_SNAPSHOT_URL", hide_env_values = true)]
    pub snapshot_url: Option<String>,
    /// Folder for evidence; DIR/.groundline/evidence without it.
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct DrillArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Drill only this revision; those before it are applied.
    #[arg(long, value_name = "VERSION", conflicts_with = "newest")]
    pub revision: Option<String>,
    /// Drill only the newest N revisions; those before them are applied.
    #[arg(long, value_name = "N")]
    pub newest: Option<usize>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct LockArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Compare the lock with the files, and write nothing; no server is needed.
    #[arg(long)]
    pub verify: bool,
    /// Lock revisions as they are now, although they were locked otherwise.
    #[arg(long, conflicts_with = "verify")]
    pub accept_changes: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = crate::operand::HELP)]
pub struct IdentifyArgs {
    /// The database, a dump of it, or whatever else has a schema.
    #[arg(value_name = "SCHEMA", env = "DATABASE_URL", hide_env_values = true)]
    pub target: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// How many of the nearest revisions are shown, where it is none.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub nearest: usize,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct FingerprintArgs {
    /// The database.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Form of the output: the digest, or it and every object.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = crate::operand::HELP)]
pub struct DiffArgs {
    /// The one schema: `-` is only here.
    #[arg(value_name = "A")]
    pub one: String,
    /// The other: `+` is only here.
    #[arg(value_name = "B")]
    pub other: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Show every difference and every value whole; without it, what differs alike is counted.
    #[arg(long)]
    pub all: bool,
    /// Print the statements that turn A into B, instead of the differences.
    #[arg(long, conflicts_with_all = ["all", "format"])]
    pub sql: bool,
    /// With --sql: also statements that lose data.
    #[arg(long, requires = "sql")]
    pub allow_destructive: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: CompareFormat,
}

#[derive(Debug, Args)]
#[command(after_help = crate::operand::HELP)]
pub struct DriftArgs {
    /// The database.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Expect this revision, whatever the history table says.
    #[arg(long, value_name = "VERSION")]
    pub revision: Option<String>,
    /// Expect this schema instead of a revision.
    #[arg(long, value_name = "SCHEMA", conflicts_with = "revision")]
    pub against: Option<String>,
    /// Look again every so many seconds until Ctrl-C, and print a line whenever something changed.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub watch: Option<u64>,
    /// Keep what is seen in DIR/.groundline/drift.jsonl, for the history that `groundline serve` shows; with --watch, each change.
    #[arg(long)]
    pub keep: bool,
    /// Show every difference and every value whole; without it, what differs alike is counted.
    #[arg(long)]
    pub all: bool,
    /// Form of the output; with --watch, JSON is a line a change.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Form of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For a comment on a pull request.
    Markdown,
}
