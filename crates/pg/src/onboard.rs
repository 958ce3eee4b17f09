//! Onboarding an existing database on the shadow: which revision is it, stamp it, migrate it to head, and
//! prove that its rows are still there.
//! Out: restoring the snapshot (`restore`), comparing rows (`proof`).
//! Called by the command `check`; `identify` takes the answer alone.

use crate::alembic::Session;
use crate::client::Client;
use crate::dialect;
use crate::introspect;
use crate::proof;
use crate::restore::{self, Options, Restored};
use crate::run;
use crate::server::Database;
use crate::stage::Play;
use groundline_catalog::{Change, Difference, Snapshot, diff};
use groundline_core::{Fault, Result};
use groundline_migrate::history::Revision;
use groundline_migrate::lock::{Recognised, recognise};
use groundline_migrate::outcome::{Identification, Nearest, TableProof};
use std::path::Path;
use std::time::Instant;

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
    let recorded = recorded.map(|versions| play.history.in_order(versions));
    client.close().await;
    Ok(Restoration { database, schema, restored, recorded })
}

/// Which revision a schema is, among `yields` (an id and its schema, in order; the empty database first, under
/// the id ""). Where it is none of them, the nearest `keep` are told.
pub fn identify(
    schema: &Snapshot,
    recorded: Option<Vec<String>>,
    yields: &[(String, Snapshot)],
    keep: usize,
) -> Identification {
    let known = yields.iter().map(|(id, schema)| (id.as_str(), schema.fingerprint()));
    match recognise(schema.fingerprint(), known) {
        Some(Recognised { revisions, order_only }) => {
            Identification { exact: revisions, order_only, recorded, nearest: Vec::new() }
        }
        None => {
            let nearest = nearest(schema, yields, keep);
            Identification { exact: Vec::new(), order_only: false, recorded, nearest }
        }
    }
}

fn nearest(actual: &Snapshot, yields: &[(String, Snapshot)], keep: usize) -> Vec<Nearest> {
    let near = |(id, schema): &(String, Snapshot)| Nearest {
        version: id.clone(),
        differences: diff(schema, actual),
        origins: Vec::new(),
    };
    let all: Vec<Nearest> = yields.iter().map(near).collect();
    let far = |near: &Nearest, (_, schema): &(String, Snapshot)| distance(&near.differences, schema, actual);
    let distances: Vec<usize> = all.iter().zip(yields).map(|(near, one)| far(near, one)).collect();
    let mut ranked: Vec<(usize, Nearest)> = distances.into_iter().zip(all).collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(keep).map(|(_, nearest)| nearest).collect()
}

/// How far a database is from a revision, in acts: what it lost is one, whatever hung on it, and so is a change; what
/// it has beyond the revision was written object by object. (By differences alone a table with all its columns is one,
/// so that every database is near the empty one; by objects alone a head without one large table is nearest to a
/// revision before that table.)
fn distance(differences: &[Difference], revision: &Snapshot, actual: &Snapshot) -> usize {
    let added = actual.objects.keys().filter(|id| !revision.objects.contains_key(*id)).count();
    let acts = differences.iter().filter(|difference| difference.change != Change::Added).count();
    added + acts
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
    let alembic = play.session(copy).await?;
    let (mut took, started) = (Took::default(), Instant::now());
    let (behind, ahead) = play.history.revisions.split_at(at);
    let stamped = match &restoration.recorded {
        Some(_) => Vec::new(),
        None => stamp(&client, alembic.as_ref(), play, behind).await?,
    };
    took.stamping = milliseconds_since(started);
    let started = Instant::now();
    let upgraded = run::upgrade(&client, alembic.as_ref(), play, ahead, &|_| ()).await;
    if let Some(alembic) = alembic {
        alembic.end().await;
    }
    if let Err(failed) = upgraded {
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

async fn stamp(
    client: &Client,
    alembic: Option<&Session>,
    play: &Play<'_>,
    revisions: &[Revision],
) -> Result<Vec<String>> {
    match (alembic, &play.history.graph) {
        (Some(alembic), Some(graph)) => {
            let versions = revisions.iter().map(|revision| revision.version.as_str());
            alembic.stamp(&graph.heads_of(versions), false).await?;
        }
        _ => dialect::stamp(client, play.dialect, &revisions.iter().collect::<Vec<_>>()).await?,
    }
    let recorded = dialect::recorded(client, play.dialect).await?;
    recorded.ok_or_else(|| Fault::new("the history table is not there after the stamp"))
}
