//! Which revisions a database should have: what its history table says, against the folder.
//! Out: reading either, and the schema that they yield.
//! Called by a look (`look`).

use groundline_core::{Fault, Place, Result};
use groundline_evidence::{Expected, KnownBy};
use groundline_migrate::history::{History, Revision};
use groundline_pg::standing::Recorded;
use std::collections::BTreeSet;

/// The revisions whose schema is expected, and those that are not in it.
#[derive(Clone, Debug)]
pub struct Revisions {
    pub expected: Expected,
    /// In the order of the history.
    pub applied: Vec<Revision>,
    pub pending: Vec<String>,
    pub skipped: Vec<String>,
}

/// All revisions up to one.
pub fn up_to(history: &History, version: &str) -> Result<Revisions> {
    let at = history.find(version)?;
    let applied: BTreeSet<usize> = (0..=at).collect();
    Ok(revisions(history, &applied, KnownBy::Revision))
}

/// The revisions that the history table says are applied.
///
/// # Errors
/// There is no history table, or it has revisions that the folder does not have.
pub fn recorded(history: &History, recorded: Option<&Recorded>) -> Result<Revisions> {
    let Some(recorded) = recorded else {
        return Err(Fault::new("the database has no history table of this project's layout")
            .at(Place::file(&history.folder))
            .why(format!("the layout is {}", history.layout))
            .next("name what to expect: --revision VERSION, or --against SCHEMA"));
    };
    let (schema, table) = recorded.dialect.table();
    let table = format!("{schema}.{table}");
    let place = |version: &String| history.revisions.iter().position(|one| one.version == *version);
    let unknown: Vec<&str> =
        recorded.applied.iter().filter(|one| place(one).is_none()).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(Fault::new("the database has revisions that this folder does not have")
            .at(Place::file(&history.folder))
            .why(format!("{table} records {}", unknown.join(", ")))
            .next("bring the folder up to date, or name what to expect: --revision VERSION"));
    }
    let mut applied: BTreeSet<usize> = recorded.applied.iter().filter_map(place).collect();
    let earlier = match (applied.first(), applied.last()) {
        (_, Some(newest)) if recorded.dialect.keeps_newest_only() => 0..*newest,
        (Some(oldest), _) if recorded.dialect.has_baselines() => 0..*oldest,
        _ => 0..0,
    };
    applied.extend(earlier);
    let is_versioned = |revision: &&Revision| !revision.repeatable;
    if applied.len() == history.revisions.iter().filter(is_versioned).count() {
        // Repeatable revisions have no version to record; the tool runs them once all others are applied.
        applied.extend(0..history.revisions.len());
    }
    Ok(revisions(history, &applied, KnownBy::HistoryTable(table)))
}

fn revisions(history: &History, applied: &BTreeSet<usize>, known_by: KnownBy) -> Revisions {
    let newest = applied.last().map(|at| &history.revisions[*at]);
    let after = applied.last().map_or(0, |at| at + 1);
    let (before, later) = history.revisions.split_at(after);
    let versions = |revisions: Vec<&Revision>| revisions.into_iter().map(Revision::label).collect();
    let skipped = before.iter().enumerate().filter(|(at, _)| !applied.contains(at)).map(|(_, one)| one);
    Revisions {
        expected: Expected::new(
            Some(newest.map_or_else(String::new, |newest| newest.version.clone())),
            newest.map_or_else(|| "base, before the first revision".to_owned(), Revision::label),
            known_by,
        ),
        pending: versions(later.iter().filter(|one| !one.repeatable).collect()),
        skipped: versions(skipped.filter(|one| !one.repeatable).collect()),
        applied: applied.iter().map(|at| history.revisions[*at].clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundline_migrate::layout;
    use groundline_pg::dialect;

    fn history(folder: &tempfile::TempDir, files: &[&str], layout: &str) -> History {
        for file in files {
            std::fs::write(folder.path().join(file), "select 1;").unwrap();
        }
        layout::read(folder.path(), Some(layout)).unwrap()
    }

    fn found(history: &History, versions: &[&str]) -> Result<(Vec<String>, Vec<String>, Vec<String>)> {
        let dialect = dialect::for_layout(history.layout).unwrap();
        let applied = versions.iter().map(ToString::to_string).collect();
        let found = recorded(history, Some(&Recorded { dialect, applied, failed: Vec::new() }))?;
        let labels = found.applied.iter().map(Revision::label).collect();
        Ok((labels, found.pending, found.skipped))
    }

    #[test]
    fn a_gap_is_skipped_and_what_is_behind_is_pending() {
        let folder = tempfile::tempdir().unwrap();
        let history = history(&folder, &["1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql"], "sqlx");
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (applied, pending, skipped) = found(&history, &["1", "3"]).unwrap();
        assert_eq!(applied, texts(&["1 a", "3 c"]));
        assert_eq!((pending, skipped), (texts(&["4 d"]), texts(&["2 b"])));
        assert_eq!(found(&history, &[]).unwrap().0, texts(&[]));
        assert!(
            found(&history, &["1", "7"]).unwrap_err().why.unwrap().contains("_sqlx_migrations records 7")
        );
    }

    #[test]
    fn the_newest_stands_for_those_before_it_where_the_tool_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let history = history(&folder, &["1_a.up.sql", "2_b.up.sql", "3_c.up.sql"], "golang-migrate");
        let (applied, pending, skipped) = found(&history, &["2"]).unwrap();
        assert_eq!((applied.len(), pending.len(), skipped.len()), (2, 1, 0));
    }

    #[test]
    fn repeatable_revisions_follow_the_last_and_a_baseline_stands_for_those_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["V1__a.sql", "V2__b.sql", "V3__c.sql", "R__views.sql"];
        let history = history(&folder, &files, "flyway");
        let number = |versions: &[&str]| {
            let (applied, pending, skipped) = found(&history, versions).unwrap();
            (applied.len(), pending.len(), skipped.len())
        };
        assert_eq!(number(&["2"]), (2, 1, 0));
        assert_eq!(number(&["2", "3"]), (4, 0, 0));
        assert_eq!(number(&["1", "3"]), (2, 0, 1));
    }
}
