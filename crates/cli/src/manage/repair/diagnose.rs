//! Looking for what is wrong with a database's history: its table, its files, what a run left. It only reads.
//! Out: what a finding is (`finding`).
//! Called by the command `repair`.

use super::finding::{Finding, Kind};
use crate::seen::{Seen, label};
use groundline_core::Result;
use groundline_migrate::history::Revision;
use groundline_migrate::lock::{LOCK_FILE, Lock};
use groundline_pg::dialect::{self, Edited};
use groundline_pg::journal::{self, EventKind, Written};
use groundline_pg::leftover::{self, InvalidIndex};
use std::collections::BTreeSet;

/// All findings about a database.
pub async fn diagnose(seen: &Seen, project: &str) -> Result<Vec<Finding>> {
    let unfinished = seen.unfinished(project).await?;
    let mut findings = of_runs(seen, &unfinished);
    findings.extend(seen.failed().iter().map(|version| dirty(seen, version)));
    findings.extend(leftover::invalid_indexes(&seen.client).await?.iter().map(invalid_index));
    if let Some(recorded) = &seen.recorded {
        let applied = journal::events(&seen.client, project).await?;
        for edited in dialect::edited(&seen.client, recorded.dialect, &seen.history).await? {
            findings.push(edit(seen, &edited, &applied));
        }
    }
    findings.extend(seen.applied.unknown.iter().map(|version| unknown(version)));
    findings.extend(seen.applied.skipped(&seen.history).map(skipped));
    if unfinished.is_empty() && seen.failed().is_empty() {
        findings.extend(other_schema(seen));
    }
    Ok(findings)
}

/// A finding for each revision that a run began and did not end.
fn of_runs(seen: &Seen, unfinished: &[Written]) -> Vec<Finding> {
    let versions: BTreeSet<&str> = unfinished.iter().filter_map(|event| event.version.as_deref()).collect();
    let finding = |version: &str| {
        let of = || unfinished.iter().filter(|event| event.version.as_deref() == Some(version));
        let is_done = |event: &&Written| event.kind() != Some(EventKind::StatementBegun);
        let last = of().next_back();
        let why = last.map_or_else(String::new, |last| {
            format!(
                "run {} of {} ended after {}; {} of its parts are committed",
                last.run,
                last.operator,
                last.at,
                of().filter(is_done).count()
            )
        });
        let goes_down = last.is_some_and(|last| last.direction.as_deref() == Some("down"));
        let verb = if goes_down { "downgrade -1" } else { "upgrade" };
        let action = format!("groundline {verb} --url URL, which goes on at the statement where it stopped");
        Finding::new(Kind::Unfinished, label(&seen.history, version), why, vec![action])
    };
    versions.into_iter().map(finding).collect()
}

/// A row that the tool holds for failed, and what the schema says of it.
fn dirty(seen: &Seen, version: &str) -> Finding {
    let place = seen.history.find(version).ok();
    let ids = seen.recognised().map(|found| found.revisions).unwrap_or_default();
    let is = |id: &str| ids.iter().any(|one| one == id);
    let id = |place: usize| seen.history.revisions[place].id();
    let before = place.map(|place| place.checked_sub(1).map_or("", id));
    let mark = |word: &str| format!("groundline repair URL --mark {version} {word}");
    let (why, actions) = if place.is_some_and(|place| is(id(place))) {
        ("the schema is that of the revision: all of it is there", vec![mark("applied")])
    } else if before.is_some_and(is) {
        ("the schema is that of the revision before it: nothing of it is there", vec![mark("not-applied")])
    } else {
        let why = "whether all of it or nothing of it is there is measured when it is marked; where the schema is neither, \
                   what there is of it must be finished or taken back by hand first: `groundline identify` shows it";
        (why, vec![mark("applied"), mark("not-applied")])
    };
    let subject = place.map_or_else(|| version.to_owned(), |place| seen.history.revisions[place].label());
    Finding::new(Kind::Dirty, subject, why, actions)
}

fn invalid_index(index: &InvalidIndex) -> Finding {
    let drop = match index.is_of_constraint {
        true => "drop its constraint with ALTER TABLE … DROP CONSTRAINT, and make it again".to_owned(),
        false => format!("DROP INDEX CONCURRENTLY {}; then build it again", index.name),
    };
    let why =
        format!("a concurrent build that failed left it, and IF NOT EXISTS hides that: {}", index.definition);
    let again =
        "where a run of this project made it: groundline upgrade --url URL, which drops and builds it again";
    Finding::new(Kind::InvalidIndex, &index.name, why, vec![drop, again.to_owned()])
}

/// What an edit of an applied file was, as far as a checksum, the lock or the journal proves it.
pub fn edit(seen: &Seen, edited: &Edited, events: &[Written]) -> Finding {
    let named = label(&seen.history, &edited.revision);
    let rebless = format!("groundline repair URL --rebless {}", edited.revision);
    if let Some(written) = edited.written {
        let why = format!(
            "{written} it has the checksum that is recorded: what a server sees of it is the same; a line \
             `*.sql text eol=lf` in .gitattributes keeps checkouts alike"
        );
        return Finding::new(Kind::LineEnds, named, why, vec![rebless]);
    }
    match same_sql(seen, &edited.revision, events) {
        Some(by) => {
            let why = format!("its statements are those that were applied, by {by}");
            Finding::new(Kind::CommentEdited, named, why, vec![rebless])
        }
        None => {
            let why = "nothing proves that its statements are those that were applied";
            let restore = "restore the file, and put the change into a revision of its own".to_owned();
            let accept = format!(
                "{rebless} --accept-edit --reason TEXT, where the database has what the file says now"
            );
            Finding::new(Kind::Edited, named, why, vec![restore, accept])
        }
    }
}

/// By what it is known that a file's statements are those that were applied.
fn same_sql(seen: &Seen, revision: &str, events: &[Written]) -> Option<&'static str> {
    let now = Lock::of(&seen.history);
    let now = now.revisions.iter().find(|one| one.id() == revision)?;
    let applied = events.iter().rev().find(|event| {
        event.kind() == Some(EventKind::RevisionApplied) && event.version.as_deref() == Some(revision)
    });
    if applied.and_then(|event| event.chain.as_deref()) == Some(now.chain.to_string().as_str()) {
        return Some("the journal of the run");
    }
    let locked = seen.lock.as_ref()?.lock.revisions.iter().find(|one| one.id() == revision)?;
    (locked.up.sql == now.up.sql).then_some(LOCK_FILE)
}

fn unknown(version: &str) -> Finding {
    let why = "a branch that was not merged was deployed, or the file was removed or renamed";
    let actions = vec![
        "bring the file back: git log --all --diff-filter=D -- FOLDER finds it".to_owned(),
        "groundline stamp REVISION URL --purge, where the schema has nothing of it".to_owned(),
    ];
    Finding::new(Kind::Unknown, version, why, actions)
}

fn skipped(revision: &Revision) -> Finding {
    let why = "it was merged after a later one was deployed, or the history table was written by hand";
    let actions = vec![
        "give it a version after the newest one".to_owned(),
        format!("groundline repair URL --mark {} applied, where the schema has it", revision.id()),
    ];
    Finding::new(Kind::Skipped, revision.label(), why, actions)
}

fn other_schema(seen: &Seen) -> Option<Finding> {
    let newest = seen.newest();
    let says_other = match seen.recognised() {
        Some(found) => !found.revisions.iter().any(|id| id == newest),
        None => seen.lock_knows_major(),
    };
    let why = match seen.recognised() {
        Some(found) => {
            let is: Vec<String> = found.revisions.iter().map(|id| label(&seen.history, id)).collect();
            format!("it is that of {}", is.join(", "))
        }
        None => "it is that of no revision: somebody changed it outside of the history".to_owned(),
    };
    let actions = vec![
        "groundline drift URL shows how they differ".to_owned(),
        "groundline stamp REVISION URL, where the schema is right and the table is not".to_owned(),
    ];
    says_other.then(|| Finding::new(Kind::OtherSchema, label(&seen.history, newest), why, actions))
}
