//! Onboarding an existing database on the shadow: which revision is it, stamp it, migrate it to head, and
//! prove that its rows are still there.
//! Out: restoring the snapshot (`restore`), comparing rows (`proof`).
//! Called by the command `check`.

use crate::client::Client;
use crate::dialect;
use crate::introspect::{self, Excluded};
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
}

/// Restores a snapshot file to a new database.
pub async fn restore(play: &Play<'_>, file: &Path) -> Result<Restoration> {
    let database = play.server.create_database("snapshot").await?;
    let client = database.connect().await?;
    let options = Options { create_roles: play.server.is_ours() };
    let restored = restore::restore(&client, &|program| play.server.program(program), file, options).await?;
    let schema = introspect::read(&client, &Excluded::bookkeeping()).await?;
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
    let mut all: Vec<Nearest> = yields
        .iter()
        .map(|(version, schema)| Nearest { version: version.clone(), differences: diff(schema, actual) })
        .collect();
    all.sort_by_key(|nearest| nearest.differences.len());
    all.truncate(NEAREST);
    all
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
    let (behind, ahead) = play.history.revisions.split_at(at);
    let stamped = match &restoration.recorded {
        Some(_) => Vec::new(),
        None => stamp(&client, play, behind).await?,
    };
    if let Err(failed) = run::upgrade(&client, play, ahead, &|_| ()).await {
        play.server.assert_alive().await?;
        return Ok(Err(failed));
    }
    let differences = diff(head, &introspect::read(&client, &Excluded::bookkeeping()).await?);
    let before = restoration.database.connect().await?;
    let data = proof::prove(&before, &client, &dialect::bookkeeping_tables()).await?;
    let migrated = ahead.iter().map(|revision| revision.version.clone()).collect();
    Ok(Ok(Onboarded { stamped, migrated, differences, data }))
}

async fn stamp(client: &Client, play: &Play<'_>, revisions: &[Revision]) -> Result<Vec<String>> {
    let revisions: Vec<&Revision> = revisions.iter().collect();
    dialect::stamp(client, play.dialect, &revisions).await?;
    let recorded = dialect::recorded(client, play.dialect).await?;
    recorded.ok_or_else(|| Fault::new("the history table is not there after the stamp"))
}
