//! Onboarding an existing database on the shadow: which revision is it, stamp it, migrate it to head, and
//! prove that its rows are still there.
//! Out: restoring the snapshot (`restore`), comparing rows (`proof`).
//! Called by the command `check`.

use crate::client::Client;
use crate::dialect;
use crate::introspect;
use crate::proof;
use crate::restore::{self, Options, Restored};
use crate::run;
use crate::server::Database;
use crate::stage::Play;
use groundline_catalog::{Difference, Snapshot, diff};
use groundline_core::{Fault, Result};
use groundline_migrate::history::Revision;
use groundline_migrate::outcome::{Identification, Nearest, TableProof};
use std::path::Path;
use std::time::Instant;

/// How many of the nearest revisions are kept.
const NEAREST: usize = 3;

/// An existing database, restored to the shadow.
pub struct Restoration {
    /// The copy that stays as it was.
    pub database: Database,
    /// Its schema.
    pub schema: Snapshot,
    /// What the restore did.
    pub restored: Restored,
    /// Applied versions, where the layout's history table is in it.
    pub recorded: Option<Vec<String>>,
}

/// An onboarded database: stamped, migrated, its rows compared.
pub struct Onboarded {
    /// The versions that were stamped; empty where its own history table said it already.
    pub stamped: Vec<String>,
    /// The versions that were applied after that.
    pub migrated: Vec<String>,
    /// From the schema of head, as the history yields it, to the migrated database's.
    pub differences: Vec<Difference>,
    /// One entry a table.
    pub data: Vec<TableProof>,
    /// How long each part took.
    pub took: Took,
}

/// Wall times of an onboarding's parts, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// Writing the history table.
    pub stamping: u64,
    /// Applying the missing revisions, and comparing the schema.
    pub migrating: u64,
    /// Comparing the rows.
    pub proving: u64,
}

/// Restores a snapshot file to a new database.
pub async fn restore(play: &Play<'_>, file: &Path) -> Result<Restoration> {
    let database = play.server.create_database("snapshot").await?;
    let client = database.connect().await?;
    let options = Options { create_roles: play.server.is_ours() };
    let restored = restore::restore(&client, &|program| play.server.program(program), file, options).await?;
    let schema = introspect::read(&client, &play.excluded).await?;
    let recorded = dialect::recorded(&client, play.dialect).await?;
    client.close().await;
    Ok(Restoration { database, schema, restored, recorded })
}

/// Which revision a schema is, among `yields` (a version and its schema, in order; the empty database first,
/// under the version "").
pub fn identify(restoration: &Restoration, yields: &[(String, Snapshot)]) -> Identification {
    let actual = restoration.schema.fingerprint();
    let matching = |same: &dyn Fn(&Snapshot) -> bool| -> Vec<String> {
        yields.iter().filter(|(_, schema)| same(schema)).map(|(version, _)| version.clone()).collect()
    };
    let exact = matching(&|schema| schema.fingerprint() == actual);
    let order_only = exact.is_empty();
    let exact = match order_only {
        true => matching(&|schema| schema.fingerprint().schema == actual.schema),
        false => exact,
    };
    let nearest = if exact.is_empty() { nearest(&restoration.schema, yields) } else { Vec::new() };
    let order_only = order_only && !exact.is_empty();
    Identification { exact, order_only, recorded: restoration.recorded.clone(), nearest }
}

fn nearest(actual: &Snapshot, yields: &[(String, Snapshot)]) -> Vec<Nearest> {
    let all: Vec<Nearest> = yields
        .iter()
        .map(|(version, schema)| Nearest { version: version.clone(), differences: diff(schema, actual) })
        .collect();
    // By objects, not by differences: a table that is missing with all its columns is one difference.
    let distances = yields.iter().map(|(_, schema)| distance(schema, actual)).collect::<Vec<_>>();
    let mut ranked: Vec<(usize, Nearest)> = distances.into_iter().zip(all).collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(NEAREST).map(|(_, nearest)| nearest).collect()
}

/// How many objects are on one side only, or not the same on both.
fn distance(one: &Snapshot, other: &Snapshot) -> usize {
    let only = |one: &Snapshot, other: &Snapshot| {
        one.objects.iter().filter(|(id, object)| other.objects.get(*id) != Some(*object)).count()
    };
    only(one, other).max(only(other, one))
}

/// Stamps a copy of the restored database at `at` (a number of revisions) unless its own history table says
/// so already, applies the rest, and compares schema and rows. Takes the copy from `copy`, which stays for
/// the caller to look at and to drop. The inner error is a revision's, which it names.
pub async fn onboard(
    play: &Play<'_>,
    restoration: &Restoration,
    copy: &Database,
    at: usize,
    head: &Snapshot,
) -> Result<Result<Onboarded, (String, Fault)>> {
    let client = copy.connect().await?;
    let (mut took, started) = (Took::default(), Instant::now());
    let (behind, ahead) = play.history.revisions.split_at(at);
    let stamped = match &restoration.recorded {
        Some(_) => Vec::new(),
        None => stamp(&client, play, behind).await?,
    };
    took.stamping = milliseconds_since(started);
    let started = Instant::now();
    if let Err(failed) = run::upgrade(&client, play, ahead, &|_| ()).await {
        play.server.assert_alive().await?;
        return Ok(Err(failed));
    }
    let differences = diff(head, &introspect::read(&client, &play.excluded).await?);
    took.migrating = milliseconds_since(started);
    let started = Instant::now();
    let before = restoration.database.connect().await?;
    let data = proof::prove(&before, &client, &dialect::bookkeeping_tables()).await?;
    took.proving = milliseconds_since(started);
    let migrated = ahead.iter().map(|revision| revision.version.clone()).collect();
    Ok(Ok(Onboarded { stamped, migrated, differences, data, took }))
}

fn milliseconds_since(started: Instant) -> u64 {
    started.elapsed().as_millis() as u64
}

async fn stamp(client: &Client, play: &Play<'_>, revisions: &[Revision]) -> Result<Vec<String>> {
    let revisions: Vec<&Revision> = revisions.iter().collect();
    dialect::stamp(client, play.dialect, &revisions).await?;
    let recorded = dialect::recorded(client, play.dialect).await?;
    recorded.ok_or_else(|| Fault::new("the history table is not there after the stamp"))
}
