//! The arguments of `doctor`.

use crate::args::{Format, ProjectArgs};
use clap::Args;

#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// A database whose roles are looked at, too; without it, the one that the application is led to. It is only read.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Connect to nothing: look at files and variables alone.
    #[arg(long)]
    pub no_connect: bool,
    /// Pass over the variables of this process: look at those of files alone.
    #[arg(long)]
    pub no_environment: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
