//! The arguments of `backup` and `restore`.

use crate::args::{Format, InProject, ServerArgs};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct BackupArgs {
    #[command(subcommand)]
    pub action: Option<Action>,
    #[command(flatten)]
    pub make: MakeArgs,
}

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make a backup, and try it at once. The same as without a word.
    Make(MakeArgs),
    /// List the backups, the newest last.
    List(ListArgs),
    /// Restore a backup to a shadow, and compare the schema, the rows and the sequences with what was there.
    Verify(VerifyArgs),
    /// Remove old backups, but never the newest that is verified.
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub struct MakeArgs {
    /// The database. It is only read.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, required = true)]
    pub url: Option<String>,
    /// Copy the data folder of the whole server with pg_basebackup, instead of dumping the database; so does [backup] form =
    /// "physical".
    #[arg(long)]
    pub physical: bool,
    /// Do not try it: it does not count where a verified backup is asked for.
    #[arg(long)]
    pub no_verify: bool,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// Which folder of backups.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Folder of backups; [backup] folder, or .groundline/backups of the project without it.
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    #[command(flatten)]
    pub project: InProject,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub place: Place,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Which: its id or its folder; the newest without it.
    #[arg(value_name = "BACKUP")]
    pub backup: Option<String>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// On which backup: its id or its folder; the newest without it.
    #[arg(value_name = "BACKUP")]
    pub backup: Option<String>,
    /// How far: head, a version, or +N.
    #[arg(long = "to", value_name = "TARGET", default_value = "head")]
    pub target: String,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Args)]
pub struct PruneArgs {
    /// How many of each database stay; [backup] keep without it.
    #[arg(long, value_name = "N")]
    pub keep: Option<usize>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Which: its id or its folder; the newest without it.
    #[arg(value_name = "BACKUP")]
    pub backup: Option<String>,
    /// The database that is made: its URL, with its name.
    #[arg(long, value_name = "URL", required_unless_present = "to_folder")]
    pub to: Option<String>,
    /// The folder that a physical backup is unpacked to, for a server that you start on it.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["to", "replace"])]
    pub to_folder: Option<PathBuf>,
    /// Put it in the place of the database of this name, which is kept under another. The name is typed as a sign that it is meant.
    #[arg(long, value_name = "NAME")]
    pub replace: Option<String>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub server: ServerArgs,
}
