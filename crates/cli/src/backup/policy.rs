//! Whether an upgrade needs a backup first, and whether there is one that counts.
//! Out: making it (`mod`). Called by the execution.

use super::{Ask, folder, make_one};
use crate::args::ServerArgs;
use crate::console;
use crate::settings::Project;
use groundline_core::{Fault, Result};
use groundline_migrate::plan::Plan;
use groundline_pg::backup::{self, Form, Kept, Method, Verified};
use groundline_pg::client;
use groundline_pg::meeting::whereabouts;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::path::PathBuf;

/// `[backup]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupConfig {
    /// What an upgrade of production needs; nothing without it.
    pub before_upgrade: Before,
    /// Where backups lie, relative to the project's folder.
    pub folder: Option<PathBuf>,
    /// How old a backup may be; a day without it.
    pub max_age: Option<SignedDuration>,
    /// Whether one database is dumped, or the whole server copied.
    pub form: Form,
    /// A command that makes a backup with the team's own system, instead of pg_dump.
    pub hook: Option<String>,
    /// Tables that are dumped and restored at once.
    pub jobs: Option<u16>,
    /// Whether the log is archived, so that any moment can be restored: for `decide`.
    pub point_in_time: bool,
    /// How many backups of a database stay.
    pub keep: Option<usize>,
}

/// What an upgrade of production needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// No backup.
    #[default]
    Nothing,
    /// One that is made before it begins, and tried.
    Make,
    /// One that is there: of this schema, verified, and young enough.
    Verified,
}

impl BackupConfig {
    /// What an upgrade of production needs, in words; nothing where it needs none.
    pub fn asks(&self) -> Option<&'static str> {
        match self.before_upgrade {
            Before::Nothing => None,
            Before::Make => Some("one is made and tried before it begins"),
            Before::Verified => Some("one that is there, of the same schema, verified, and young enough"),
        }
    }

    /// Tables that are dumped and restored at once.
    pub fn jobs(&self) -> u16 {
        self.jobs.unwrap_or(2).max(1)
    }
}

/// Lets an upgrade of production begin that has the backup that the policy asks for; makes it, where it says so. Returns the
/// backup's id.
///
/// # Errors
/// There is none that counts.
pub async fn before_upgrade(
    project: &Project,
    url: &str,
    plan: &Plan,
    server: &ServerArgs,
) -> Result<Option<String>> {
    let config = &project.config.backup;
    let is_free = plan.steps.is_empty() || plan.empty || config.before_upgrade == Before::Nothing;
    if is_free || !project.is_production(url)? {
        return Ok(None);
    }
    if config.before_upgrade == Before::Make {
        console::say("  makes a backup first: [backup] before_upgrade");
        let kept =
            make_one(project, url, &folder(project), server, Ask { form: config.form, verify: true }).await?;
        if kept.backup.fingerprint != plan.fingerprint {
            return Err(refused("the schema changed while the backup was made", &kept));
        }
        return match counts(&kept) {
            true => Ok(Some(kept.backup.id)),
            false => Err(refused("the backup that was made can't be restored", &kept)),
        };
    }
    let all = backup::list(&folder(project))?;
    let place = whereabouts(&client::connect(url).await?).await?;
    let of_this = all.iter().rev().filter(|kept| kept.is_of(&place));
    let Some(newest) = of_this.clone().next() else {
        return Err(Fault::new("there is no backup of this database").next("make one: groundline backup"));
    };
    let same = |kept: &&Kept| kept.backup.fingerprint == plan.fingerprint;
    let Some(kept) = of_this.clone().find(same) else {
        return Err(refused("the backup is of another schema than the database has", newest));
    };
    let oldest = config.max_age.unwrap_or(SignedDuration::from_hours(24));
    let started: Timestamp =
        kept.backup.started.parse().map_err(|_| refused("the backup's time can't be read", kept))?;
    if Timestamp::now().duration_since(started) > oldest {
        return Err(refused(&format!("the backup is older than {oldest:#}"), kept));
    }
    match counts(kept) {
        true => Ok(Some(kept.backup.id.clone())),
        false => Err(refused("the backup is not verified", kept)),
    }
}

/// A verified one; of another system, whose success was shown, what it said.
fn counts(kept: &Kept) -> bool {
    matches!(kept.backup.method, Method::Hook { .. }) || kept.verified.as_ref().is_some_and(Verified::is_good)
}

fn refused(what: &str, kept: &Kept) -> Fault {
    Fault::new(what).why(format!("the newest is {}", kept.backup.id)).next("make one: groundline backup")
}
