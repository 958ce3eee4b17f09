//! Which revisions of a history a database has, by what its history table records.
//! Out: reading the table (`pg::dialect`), and what a database should have.
//! Called by the commands that run, show or compare revisions of a live database.

use crate::history::{History, Revision};
use groundline_core::Fault;
use std::collections::BTreeSet;

/// What a history table records, as its dialect keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Recording<'a> {
    /// The versions, spelled as [`Revision::version`].
    pub versions: &'a [String],
    /// Whether only the newest applied version is kept, which stands for itself and all before it.
    pub newest_only: bool,
    /// Whether the oldest applied version may be a baseline, which stands for itself and all before it.
    pub baselines: bool,
}

/// Places in a history's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The applied revisions.
    pub places: BTreeSet<usize>,
    /// Recorded versions that the history does not have.
    pub unknown: Vec<String>,
}

impl Applied {
    /// The revisions that a table's recording says are applied.
    pub fn recorded(history: &History, recording: Recording<'_>) -> Self {
        let place = |version: &String| history.revisions.iter().position(|one| one.version == *version);
        let mut applied = Self::default();
        for version in recording.versions {
            match place(version) {
                Some(place) => drop(applied.places.insert(place)),
                None => applied.unknown.push(version.clone()),
            }
        }
        let earlier = match (applied.places.first(), applied.places.last()) {
            (_, Some(newest)) if recording.newest_only => 0..*newest,
            (Some(oldest), _) if recording.baselines => 0..*oldest,
            _ => 0..0,
        };
        applied.places.extend(earlier);
        if let Some(graph) = &history.graph {
            let heads = recording.versions.iter().map(String::as_str);
            let all = graph.with_ancestors(heads);
            let is_behind = |at: &usize| all.contains(history.revisions[*at].version.as_str());
            applied.places = (0..history.revisions.len()).filter(is_behind).collect();
        }
        let is_versioned = |revision: &&Revision| !revision.repeatable;
        if applied.places.len() == history.revisions.iter().filter(is_versioned).count() {
            // Repeatable revisions have no version to record; the tool runs them once all others are applied.
            applied.places.extend(0..history.revisions.len());
        }
        applied
    }

    /// The fault of a database with revisions that the history does not have; `table` is what records them.
    pub fn unknown_fault(&self, table: &str) -> Option<Fault> {
        let unknown = (!self.unknown.is_empty()).then(|| self.unknown.join(", "))?;
        Some(
            Fault::new("the database has revisions that this folder does not have")
                .why(format!("{table} records {unknown}")),
        )
    }

    /// All revisions up to a place and with it.
    pub fn up_to(place: usize) -> Self {
        Self { places: (0..=place).collect(), unknown: Vec::new() }
    }

    /// The newest applied revision.
    pub fn newest<'h>(&self, history: &'h History) -> Option<&'h Revision> {
        self.places.last().map(|place| &history.revisions[*place])
    }

    /// The applied revisions, in the history's order.
    pub fn revisions<'h>(&self, history: &'h History) -> impl Iterator<Item = &'h Revision> {
        self.places.iter().map(|place| &history.revisions[*place])
    }

    /// Versioned revisions after the newest applied one; with branches, all that are not applied.
    pub fn pending<'h>(&self, history: &'h History) -> impl Iterator<Item = &'h Revision> {
        let newest = self.places.last().filter(|_| history.graph.is_none());
        let after = newest.map_or(0, |newest| newest + 1);
        let revisions = history.revisions.iter().enumerate().skip(after);
        revisions
            .filter(|(place, revision)| !self.places.contains(place) && !revision.repeatable)
            .map(|(_, revision)| revision)
    }

    /// Versioned revisions before the newest applied one that are not applied themselves: out of order. Branches have no
    /// order among each other.
    pub fn skipped<'h>(&self, history: &'h History) -> impl Iterator<Item = &'h Revision> {
        let newest = self.places.last().copied().filter(|_| history.graph.is_none()).unwrap_or(0);
        let before = history.revisions[..newest].iter().enumerate();
        before
            .filter(|(place, revision)| !self.places.contains(place) && !revision.repeatable)
            .map(|(_, revision)| revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    fn history(files: &[&str], layout: &str) -> History {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            std::fs::write(folder.path().join(file), "select 1;").unwrap();
        }
        layout::read(folder.path(), Some(layout)).unwrap()
    }

    /// The labels of the applied, the pending and the skipped ones.
    fn found(history: &History, versions: &[&str], newest_only: bool, baselines: bool) -> [String; 3] {
        let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
        let applied = Applied::recorded(history, Recording { versions: &versions, newest_only, baselines });
        let labels = |revisions: Vec<&Revision>| {
            revisions.iter().map(|one| one.label()).collect::<Vec<_>>().join(", ")
        };
        [
            labels(applied.revisions(history).collect()),
            labels(applied.pending(history).collect()),
            labels(applied.skipped(history).collect()),
        ]
    }

    #[test]
    fn a_gap_is_skipped_and_what_is_behind_is_pending() {
        let history = history(&["1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql"], "sqlx");
        assert_eq!(found(&history, &["1", "3"], false, false), ["1 a, 3 c", "4 d", "2 b"]);
        assert_eq!(found(&history, &[], false, false), ["", "1 a, 2 b, 3 c, 4 d", ""]);
    }

    #[test]
    fn the_newest_stands_for_those_before_it_where_the_tool_says_so() {
        let history = history(&["1_a.up.sql", "2_b.up.sql", "3_c.up.sql"], "golang-migrate");
        assert_eq!(found(&history, &["2"], true, false), ["1 a, 2 b", "3 c", ""]);
    }

    #[test]
    fn repeatable_revisions_follow_the_last_and_a_baseline_stands_for_those_before_it() {
        let history = history(&["V1__a.sql", "V2__b.sql", "V3__c.sql", "R__views.sql"], "flyway");
        assert_eq!(found(&history, &["2"], false, true), ["1 a, 2 b", "3 c", ""]);
        assert_eq!(found(&history, &["2", "3"], false, true), ["1 a, 2 b, 3 c, views", "", ""]);
        assert_eq!(found(&history, &["1", "3"], false, true), ["1 a, 3 c", "", "2 b"]);
    }

    #[test]
    fn heads_of_branches_stand_for_what_they_come_after() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("versions")).unwrap();
        std::fs::write(folder.path().join("env.py"), "").unwrap();
        for (version, after) in [("a", "None"), ("b", "'a'"), ("c", "'a'"), ("d", "'b', 'c'"), ("e", "'d'")] {
            let text = format!("revision = '{version}'\ndown_revision = {after}\n");
            std::fs::write(folder.path().join(format!("versions/{version}.py")), text).unwrap();
        }
        let history = layout::read(folder.path(), None).unwrap();
        assert_eq!(found(&history, &["b"], false, false), ["a, b", "c, d, e", ""]);
        assert_eq!(found(&history, &["c"], false, false), ["a, c", "b, d, e", ""]);
        assert_eq!(found(&history, &["c", "b"], false, false), ["a, b, c", "d, e", ""]);
        assert_eq!(found(&history, &["e"], false, false), ["a, b, c, d, e", "", ""]);
        assert_eq!(history.in_order(vec!["c".into(), "z".into(), "b".into()]), ["b", "c", "z"]);
    }

    #[test]
    fn what_the_history_does_not_have_is_told() {
        let history = history(&["1_a.sql"], "sqlx");
        let versions = ["1".to_owned(), "7".to_owned()];
        let recording = Recording { versions: &versions, newest_only: false, baselines: false };
        assert_eq!(Applied::recorded(&history, recording).unknown, ["7"]);
    }
}
