//! The arguments of `guard`.

use crate::args::{Format, InProject};
use clap::{Args, Subcommand};
use jiff::SignedDuration;

#[derive(Debug, Args)]
pub struct GuardArgs {
    #[command(subcommand)]
    pub action: Action,
}

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Install the guard, or set the one that is there. Needs a superuser, as event triggers do.
    Install(InstallArgs),
    /// Say whether it is there, how it judges, and whether it is whole.
    Status(OnGuard),
    /// Let a role change the schema for a time. Each change is logged.
    Open(OpenArgs),
    /// End every emergency.
    Close(OnGuard),
    /// List the changes that were made in emergencies, or in audit mode.
    Log(OnGuard),
    /// Take the guard out with all that it kept.
    Remove(OnGuard),
    /// Where there is no superuser: print the statements that keep the application's role from changing the schema.
    Roles(RolesArgs),
}

/// On which database.
#[derive(Clone, Debug, Args)]
pub struct OnGuard {
    /// The database.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct InstallArgs {
    #[command(flatten)]
    pub on: OnGuard,
    /// Only log what would be refused.
    #[arg(long)]
    pub audit: bool,
    /// A role that migrates; may be given several times. [guard] migrators without it.
    #[arg(long = "migrator", value_name = "ROLE")]
    pub migrators: Vec<String>,
    /// A role that is not judged, such as that of a maintenance job. [guard] exempt without it.
    #[arg(long = "exempt", value_name = "ROLE")]
    pub exempt: Vec<String>,
    /// Make a new secret, without which no pass opens, and print it once: for migrations that share the application's role.
    #[arg(long)]
    pub secret: bool,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    #[command(flatten)]
    pub on: OnGuard,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// How long, a day at most.
    #[arg(long, value_name = "DURATION", default_value = "30m")]
    pub ttl: SignedDuration,
    /// For which role; the one that opens it without it.
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
}

#[derive(Debug, Args)]
pub struct RolesArgs {
    #[command(flatten)]
    pub on: OnGuard,
    /// The application's role.
    #[arg(long, value_name = "ROLE")]
    pub app: String,
    /// The migrations' role.
    #[arg(long, value_name = "ROLE")]
    pub migrator: String,
    /// Run them, in one transaction.
    #[arg(long)]
    pub apply: bool,
}
