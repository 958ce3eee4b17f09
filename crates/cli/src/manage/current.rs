//! The command `current`: what a database's history table says, and which revision its schema is by the lock.
//! Out: playing a history to know a schema (`identify`), and how it differs (`drift`).
//! Called by `main`.

use crate::args::{Format, InProject};
use crate::seen::{Seen, label};
use crate::settings::Project;
use crate::{Exit, console};
use clap::Args;
use groundline_core::{Digest, Result};
use groundline_evidence::{count, json_text};
use groundline_migrate::history::Revision;
use groundline_migrate::lock::LOCK_FILE;
use serde::Serialize;

#[derive(Debug, Args)]
pub struct CurrentArgs {
    /// The database.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    /// End with 1 unless the database is at head.
    #[arg(long, alias = "check-heads", alias = "verify-head")]
    pub check_head: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What a database is at.
#[derive(Serialize)]
struct Current {
    /// 1 at the time of writing.
    current_version: u32,
    database: String,
    /// Absent where there is none of the layout's.
    history_table: Option<String>,
    /// The newest applied revision, by the history table; "" before the first.
    revision: String,
    is_head: bool,
    applied: usize,
    pending: Vec<String>,
    skipped: Vec<String>,
    failed: Vec<String>,
    unknown: Vec<String>,
    fingerprint: Digest,
    /// The revisions whose locked schema it has; absent where no lock knows it.
    schema_is: Option<Vec<String>>,
    /// Whether only the order of columns differs from them.
    order_only: bool,
    /// Whether schema and history table say the same; absent where the schema is not known.
    agrees: Option<bool>,
}

/// Runs `current`. It only reads.
pub async fn run(args: CurrentArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let seen = Seen::look(&args.url, &project).await?;
    let current = Current::of(&seen);
    console::data(&match args.format {
        Format::Json => json_text(&current)?,
        Format::Text => current.text(&seen),
    });
    Ok(current.exit(args.check_head))
}

impl Current {
    fn of(seen: &Seen) -> Self {
        let ids = |revisions: &mut dyn Iterator<Item = &Revision>| {
            revisions.map(|revision| revision.id().to_owned()).collect()
        };
        let recognised = seen.recognised();
        let revision = seen.newest().to_owned();
        let schema_is = recognised.as_ref().map(|recognised| recognised.revisions.clone());
        // A lock that has schemas of this major, and not this one, says that it is another.
        let is_known = schema_is.is_some() || seen.lock_knows_major();
        let says_same = || schema_is.as_ref().is_some_and(|ids| ids.contains(&revision));
        Self {
            current_version: 1,
            database: seen.database.clone(),
            history_table: seen.table(),
            is_head: seen.is_head(),
            applied: seen.applied.places.len(),
            pending: ids(&mut seen.applied.pending(&seen.history)),
            skipped: ids(&mut seen.applied.skipped(&seen.history)),
            failed: seen.failed().to_vec(),
            unknown: seen.applied.unknown.clone(),
            fingerprint: seen.schema.fingerprint().schema,
            agrees: is_known.then(says_same),
            order_only: recognised.is_some_and(|recognised| recognised.order_only),
            revision,
            schema_is,
        }
    }

    fn exit(&self, check_head: bool) -> Exit {
        let is_clear = self.failed.is_empty() && self.unknown.is_empty() && self.agrees != Some(false);
        match is_clear && (self.is_head || !check_head) {
            true => Exit::Done,
            false => Exit::Findings,
        }
    }

    fn text(&self, seen: &Seen) -> String {
        let of = |id: &String| label(&seen.history, id);
        let list = |ids: &[String]| ids.iter().map(of).collect::<Vec<_>>().join(", ");
        let head = match (self.is_head, self.pending.len()) {
            (true, _) => ", head".to_owned(),
            (false, 0) => String::new(),
            (false, pending) => format!(", {} behind head", count(pending, "revision")),
        };
        let mut text = format!("{} is at {}{head}\n", self.database, of(&self.revision));
        let mut fact = |name: &str, said: &str| text.push_str(&format!("  {name:<8}  {said}\n"));
        match &self.history_table {
            None => fact("recorded", "no history table"),
            Some(table) => fact("recorded", &format!("{} in {table}", count(self.applied, "revision"))),
        }
        for (name, ids) in [("pending", &self.pending), ("skipped", &self.skipped), ("failed", &self.failed)]
        {
            if !ids.is_empty() {
                fact(name, &list(ids));
            }
        }
        if !self.unknown.is_empty() {
            fact("unknown", &format!("{}, which the folder does not have", self.unknown.join(", ")));
        }
        fact("schema", &self.schema_words(&list));
        text
    }

    fn schema_words(&self, list: &dyn Fn(&[String]) -> String) -> String {
        let order = if self.order_only { ", but for the order of columns" } else { "" };
        match (&self.schema_is, self.agrees) {
            (Some(ids), Some(true)) => format!("{}{order}, by {LOCK_FILE}: they agree", list(ids)),
            (Some(ids), _) => format!("{}{order}, by {LOCK_FILE}: they do not agree", list(ids)),
            (None, Some(_)) => format!("of no revision in {LOCK_FILE}: see `groundline drift`"),
            (None, None) => {
                format!(
                    "fingerprint {}, which no {LOCK_FILE} knows: see `groundline identify`",
                    self.fingerprint.short()
                )
            }
        }
    }
}
