//! The phase over an existing database: restored, recognised, stamped, migrated, its rows compared.
//! Out: doing it (`pg::onboard`).
//! Called by `check`.

use super::run::Run;
use super::{Snapshot as Given, failed};
use crate::console;
use groundline_catalog::Snapshot;
use groundline_core::{Digest, Fault, Hasher, Place, Result, scrub};
use groundline_evidence::{Onboarding, Source, SourceForm, Stamp, Step, StepId, count};
use groundline_migrate::outcome::{DataVerdict, Identification, TableProof};
use groundline_pg::drill::Drilled;
use groundline_pg::dump::Of;
use groundline_pg::onboard::{self, Onboarded, Restoration};
use groundline_pg::server::Database;
use groundline_pg::stage::Play;
use std::io::Read;
use std::path::Path;

/// The steps of this phase.
pub const STEPS: &[StepId] = &[
    StepId::SnapshotRestored,
    StepId::SnapshotIdentified,
    StepId::SnapshotStamped,
    StepId::SnapshotMigrated,
    StepId::DataKept,
];

/// How many of the nearest revisions the evidence keeps.
const NEAREST: usize = 3;

/// Onboards an existing database as far as it goes. Returns the migrated copy if it reached head.
pub async fn onboard(
    run: &mut Run,
    play: &Play<'_>,
    given: &Given,
    drilled: &Drilled,
    head: Option<&Snapshot>,
) -> Result<Option<Database>> {
    let clock = run.clock();
    let source = source(given)?;
    let file = match given {
        Given::File { path, .. } => path.clone(),
        Given::Url(url) => {
            console::say("reading the existing database with pg_dump (ACCESS SHARE locks)");
            let file = run.scratch("snapshot.dump");
            groundline_pg::dump::dump(play.server, url, &file, Of::Everything).await?;
            file
        }
    };
    run.evidence.onboarding = Some(Onboarding {
        source,
        identification: None,
        stamped: None,
        migrated: Vec::new(),
        data: Vec::new(),
    });
    let restoration = match onboard::restore(play, &file).await {
        Ok(restoration) => restoration,
        Err(fault) => {
            play.server.assert_alive().await?;
            run.record(failed(StepId::SnapshotRestored, "the snapshot could not be restored", fault), clock);
            run.not_run(&STEPS[1..], "the snapshot could not be restored");
            return Ok(None);
        }
    };
    run.evidence.scope.add(&restoration.schema);
    let objects = count(restoration.schema.objects.len(), "object");
    let summary = format!("{objects}, {} copied", count(restoration.restored.rows_copied, "row"));
    run.record(
        Step::passed(StepId::SnapshotRestored, summary).noting(restoration.restored.notes.clone()),
        clock,
    );
    let at = identified(run, play, &restoration, drilled);
    let migrated = match (at, head) {
        (Some(at), Some(head)) => migrate(run, play, &restoration, at, head).await?,
        (None, _) => {
            run.not_run(&STEPS[2..], "the snapshot is not at a revision: it is not stamped as if it were");
            None
        }
        (Some(_), None) => {
            run.not_run(&STEPS[2..], "the history does not reach head");
            None
        }
    };
    play.server.drop_database(restoration.database).await?;
    Ok(migrated)
}

/// Says which revision it is; returns how many revisions are behind it.
fn identified(run: &mut Run, play: &Play<'_>, restoration: &Restoration, drilled: &Drilled) -> Option<usize> {
    let clock = run.clock();
    let base = (String::new(), drilled.base.clone());
    let yields: Vec<_> = std::iter::once(base).chain(drilled.yields.iter().cloned()).collect();
    let (schema, recorded) = (&restoration.schema, restoration.recorded.clone());
    let identification = onboard::identify(schema, recorded, &yields, NEAREST);
    let (step, at) = identification_step(play, &identification);
    if let Some(onboarding) = &mut run.evidence.onboarding {
        onboarding.identification = Some(identification);
    }
    run.record(step, clock);
    at
}

fn identification_step(play: &Play<'_>, found: &Identification) -> (Step, Option<usize>) {
    let id = StepId::SnapshotIdentified;
    let behind = |version: &str| play.history.position(version).map_or(0, |at| at + 1);
    let named =
        |version: &str| if version.is_empty() { "the empty database".to_owned() } else { version.to_owned() };
    match (&found.exact[..], found.recorded_head()) {
        ([], _) => {
            let nearest = found.nearest.first();
            let summary = nearest.map_or("no revision to compare with".to_owned(), |nearest| {
                format!(
                    "no revision; nearest is {}, {}",
                    named(&nearest.version),
                    count(nearest.differences.len(), "difference")
                )
            });
            let fault = Fault::new("the existing database is at no revision of this history")
                .why(summary.clone())
                .next("write a revision that makes these differences, or undo them in the database");
            (failed(id, summary, fault), None)
        }
        (exact, Some(recorded)) if found.agrees(play.history) == Some(false) => {
            let fault = Fault::new("the history table and the schema disagree")
                .why(format!("recorded is {}; the schema is that of {}", named(recorded), named(&exact[0])))
                .next("find out which is right before anything is applied");
            (
                failed(id, format!("recorded as {}, but it is {}", named(recorded), named(&exact[0])), fault),
                None,
            )
        }
        (_, Some(recorded)) => {
            let step = Step::passed(id, format!("it is {}, as its history table says", named(recorded)));
            (step, Some(behind(recorded)))
        }
        ([first, rest @ ..], None) => {
            let order = if found.order_only { " but for the order of columns" } else { "" };
            let ahead = count(play.history.revisions.len() - behind(first), "revision");
            let step = Step::passed(id, format!("it is {}{order}, {ahead} behind head", named(first)));
            // Later revisions with the same schema move data at most; running them again is safer than
            // passing over one that never ran.
            let note = rest.last().map(|last| {
                Fault::new(format!(
                    "revisions up to {last} have the same schema; it is taken to be the oldest of them"
                ))
            });
            (step.noting(note), Some(behind(first)))
        }
    }
}

async fn migrate(
    run: &mut Run,
    play: &Play<'_>,
    restoration: &Restoration,
    at: usize,
    head: &Snapshot,
) -> Result<Option<Database>> {
    let copy = play.server.copy_database(&restoration.database, "onboard").await?;
    let clock = run.clock();
    match onboard::onboard(play, restoration, &copy, at, head).await? {
        Ok(onboarded) => {
            record(run, play, restoration, &onboarded, clock);
            Ok(Some(copy))
        }
        Err((version, fault)) => {
            let summary = format!("stops at revision {version}");
            run.not_run(
                &[StepId::SnapshotStamped],
                "the stamp went with the copy that could not be migrated",
            );
            run.record(failed(StepId::SnapshotMigrated, summary, fault), clock);
            run.not_run(&[StepId::DataKept], "the existing database could not be migrated");
            play.server.drop_database(copy).await?;
            Ok(None)
        }
    }
}

fn record(
    run: &mut Run,
    play: &Play<'_>,
    restoration: &Restoration,
    done: &Onboarded,
    clock: super::run::Clock,
) {
    let table = play.dialect.table_name();
    let stamped = match (&restoration.recorded, done.stamped.last()) {
        (Some(_), _) => Step::passed(StepId::SnapshotStamped, format!("{table} said it already")),
        (None, version) => {
            let version = version.map_or("nothing", String::as_str);
            Step::passed(
                StepId::SnapshotStamped,
                format!("{version} in {table}, {}", count(done.stamped.len(), "row")),
            )
        }
    };
    run.record_for(stamped, clock, done.took.stamping);
    let clock = clock.later(done.took.stamping);
    let applied = format!("{} applied", count(done.migrated.len(), "revision"));
    let migrated = match done.differences.len() {
        0 => Step::passed(StepId::SnapshotMigrated, format!("{applied}; the schema is that of head")),
        number => Step::failed(
            StepId::SnapshotMigrated,
            format!("{applied}; {} from head", count(number, "difference")),
            vec![Fault::new("the migrated database is not what the history yields").why(
                done.differences.iter().map(|one| one.object.to_string()).collect::<Vec<_>>().join(", "),
            )],
        ),
    };
    run.record_for(migrated, clock, done.took.migrating);
    run.record_for(data_step(&done.data), clock.later(done.took.migrating), done.took.proving);
    if let Some(onboarding) = &mut run.evidence.onboarding {
        onboarding.stamped = done.stamped.last().map(|version| Stamp {
            table,
            version: version.clone(),
            rows: done.stamped.len() as u64,
        });
        onboarding.migrated.clone_from(&done.migrated);
        onboarding.data.clone_from(&done.data);
    }
}

fn data_step(data: &[TableProof]) -> Step {
    let rows: u64 = data.iter().map(|table| table.rows_before).sum();
    let with = |verdict| {
        data.iter().filter(|table| table.verdict == verdict).map(|table| table.table.as_str()).collect()
    };
    let lost: Vec<&str> = with(DataVerdict::RowsLost);
    let changed: Vec<&str> = with(DataVerdict::ValuesChanged);
    let summary = format!("{} in {}", count(rows, "row"), count(data.len(), "table"));
    let note = (!changed.is_empty())
        .then(|| Fault::new("revisions rewrote values in columns that stayed").why(changed.join(", ")));
    let step = match lost.is_empty() {
        true => Step::passed(StepId::DataKept, format!("{summary}; none lost")),
        false => failed(
            StepId::DataKept,
            format!("{summary}; rows lost from {}", lost.join(", ")),
            Fault::new("the migration loses rows")
                .why(lost.join(", "))
                .next("see the table of rows in the report"),
        ),
    };
    step.noting(note)
}

fn source(given: &Given) -> Result<Source> {
    let (path, name) = match given {
        Given::Url(url) => {
            return Ok(Source { form: SourceForm::Url, name: scrub(url), digest: None, bytes: None });
        }
        Given::File { path, name } => (path, name.clone()),
    };
    if path.is_dir() {
        return Ok(Source { form: SourceForm::Directory, name, digest: None, bytes: None });
    }
    let (digest, bytes, start) = digest_of(path)?;
    let form = match start {
        start if start.starts_with(b"PGDMP") => SourceForm::Custom,
        start if start.starts_with(b"toc.dat") => SourceForm::Tar,
        _ => SourceForm::Sql,
    };
    Ok(Source { form, name, digest: Some(digest), bytes: Some(bytes) })
}

fn digest_of(path: &Path) -> Result<(Digest, u64, [u8; 8])> {
    let failed = |error: std::io::Error| Fault::io("read the snapshot", path, &error).at(Place::file(path));
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let (mut hasher, mut bytes, mut start) = (Hasher::default(), 0, [0; 8]);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok((hasher.finish(), bytes, start));
        }
        if bytes == 0 {
            let first = read.min(8);
            start[..first].copy_from_slice(&buffer[..first]);
        }
        hasher.raw(&buffer[..read]);
        bytes += read as u64;
    }
}
