//! The arguments of `plan`, `upgrade` and `downgrade`.

use crate::args::{Format, InProject, ServerArgs};
use clap::Args;
use groundline_migrate::plan::{Limits, Plan};
use groundline_pg::execute::Unknown;
use std::path::PathBuf;

/// On which database, and how patiently.
#[derive(Debug, Args)]
pub struct OnDatabase {
    /// The database.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Run revisions that lie before the newest applied one, if both orders yield the same schema on a shadow.
    #[arg(long)]
    pub prove_order: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What bounds a run. What is not said is as in the saved plan, or usual.
#[derive(Debug, Default, Args)]
pub struct LimitArgs {
    /// Milliseconds that a statement waits for a lock before its transaction is rolled back and tried again; 2000 without
    /// it.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    lock_timeout: Option<u64>,
    /// Milliseconds that a statement may run; without it, as long as it takes.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=2_000_000_000))]
    statement_timeout: Option<u64>,
    /// How often a transaction is tried again that did not get a lock in time; 10 times without it.
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
}

impl LimitArgs {
    /// The limits over those of a saved plan, or the usual ones.
    pub fn over(&self, saved: Option<&Plan>) -> Limits {
        let before = saved.map_or_else(Limits::default, |plan| plan.limits);
        Limits {
            lock_timeout_ms: self.lock_timeout.unwrap_or(before.lock_timeout_ms),
            statement_timeout_ms: self.statement_timeout.or(before.statement_timeout_ms),
            retries: self.retries.unwrap_or(before.retries),
        }
    }
}

/// How a plan is executed.
#[derive(Debug, Default, Args)]
pub struct Execution {
    /// Show the plan, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Execute this saved plan, if it is still what would be planned.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Allow the statements that lose data in the plan of this digest.
    #[arg(long, value_name = "DIGEST")]
    pub approve: Option<String>,
    /// An approval of the plan, as `groundline approve` wrote it; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub approval: Vec<PathBuf>,
    /// Who runs it: a name of [owners] operators. The operating system's user without it.
    #[arg(long, value_name = "NAME", env = "GROUNDLINE_OPERATOR")]
    pub operator: Option<String>,
    /// Begin outside the window. It is logged, and asks for a sign-off later.
    #[arg(long, requires = "reason")]
    pub emergency: bool,
    /// Why it is an emergency.
    #[arg(long, value_name = "TEXT", requires = "emergency")]
    pub reason: Option<String>,
    /// Go on although the schema is not the one that is locked for the revision it is at.
    #[arg(long)]
    pub allow_drift: bool,
    /// Seconds to wait for another run on the same database.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u64,
    /// What became of a statement of which nobody knows whether an earlier run ended it: done, or again to send it
    /// again.
    #[arg(long, value_name = "WHAT", value_parser = unknown)]
    pub unknown: Option<Unknown>,
}

fn unknown(text: &str) -> Result<Unknown, String> {
    match text {
        "done" => Ok(Unknown::Done),
        "again" => Ok(Unknown::Again),
        _ => Err("say done or again".to_owned()),
    }
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// How far: head, base, a version, +N, or -N.
    #[arg(value_name = "TARGET", default_value = "head", allow_hyphen_values = true)]
    pub target: String,
    #[command(flatten)]
    pub on: OnDatabase,
    /// Plan a downgrade to a version. `base` and -N are downgrades without it.
    #[arg(long)]
    pub down: bool,
    /// Write the plan to this file, for `upgrade --plan` or `downgrade --plan`.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct UpgradeArgs {
    /// How far: head, a version, or +N.
    #[arg(value_name = "TARGET", default_value = "head", allow_hyphen_values = true)]
    pub target: String,
    /// The same as TARGET.
    #[arg(long, value_name = "TARGET", conflicts_with = "target")]
    pub to: Option<String>,
    #[command(flatten)]
    pub on: OnDatabase,
    #[command(flatten)]
    pub execution: Execution,
}

#[derive(Debug, Args)]
pub struct DowngradeArgs {
    /// How far: -N, base, or the version that is to be the newest.
    #[arg(value_name = "TARGET", allow_hyphen_values = true)]
    pub target: String,
    #[command(flatten)]
    pub on: OnDatabase,
    #[command(flatten)]
    pub execution: Execution,
}
