//! How revisions follow each other in a history with branches: each names the revisions that it comes after.
//! Out: reading that from files (`layout::alembic`).
//! Called by histories of tools that keep branches, and by whoever reads such a tool's history table.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The revisions of a history with branches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Graph {
    parents: BTreeMap<String, Vec<String>>,
}

impl Graph {
    /// Each revision with those that it comes after.
    pub fn new(parents: BTreeMap<String, Vec<String>>) -> Self {
        Self { parents }
    }

    /// The revisions that one comes after.
    pub fn parents(&self, version: &str) -> &[String] {
        self.parents.get(version).map_or(&[], Vec::as_slice)
    }

    /// Some revisions and everything that they come after.
    pub fn with_ancestors<'g>(&'g self, versions: impl IntoIterator<Item = &'g str>) -> BTreeSet<&'g str> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<&str> = versions.into_iter().collect();
        while let Some(version) = waiting.pop() {
            if found.insert(version) {
                waiting.extend(self.parents(version).iter().map(String::as_str));
            }
        }
        found
    }

    /// Of some revisions, those that none of them comes after: what a history table records of them.
    pub fn heads_of<'g>(&'g self, versions: impl IntoIterator<Item = &'g str>) -> Vec<&'g str> {
        let all: BTreeSet<&str> = versions.into_iter().collect();
        let followed: BTreeSet<&str> =
            all.iter().flat_map(|version| self.parents(version)).map(String::as_str).collect();
        all.into_iter().filter(|version| !followed.contains(version)).collect()
    }

    /// The revisions that no other comes after.
    pub fn heads(&self) -> Vec<&str> {
        self.heads_of(self.parents.keys().map(String::as_str))
    }

    /// All revisions, each after those that it comes after; a branch stays together.
    ///
    /// # Errors
    /// Some revisions come after themselves: one of them.
    pub fn order(&self) -> Result<Vec<String>, String> {
        let (mut done, mut open) = (Vec::with_capacity(self.parents.len()), BTreeSet::new());
        let mut placed = BTreeSet::new();
        for head in self.heads().into_iter().chain(self.parents.keys().map(String::as_str)) {
            // A revision is met twice: before its parents, and once they are placed.
            let mut waiting = vec![(head, false)];
            while let Some((version, parents_placed)) = waiting.pop() {
                if placed.contains(version) {
                    continue;
                }
                if parents_placed {
                    placed.insert(version);
                    done.push(version.to_owned());
                    continue;
                }
                if !open.insert(version) {
                    return Err(version.to_owned());
                }
                waiting.push((version, true));
                waiting.extend(self.parents(version).iter().rev().map(|parent| (parent.as_str(), false)));
            }
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        let owned = |parents: &[&str]| parents.iter().map(ToString::to_string).collect();
        Graph::new(edges.iter().map(|(version, parents)| ((*version).to_owned(), owned(parents))).collect())
    }

    #[test]
    fn branches_stay_together_and_a_merge_comes_after_both() {
        let graph = graph(&[
            ("m", &["a2", "b1"]),
            ("a1", &["base"]),
            ("a2", &["a1"]),
            ("b1", &["base"]),
            ("base", &[]),
        ]);
        assert_eq!(graph.order().unwrap(), ["base", "a1", "a2", "b1", "m"]);
        assert_eq!(graph.heads(), ["m"]);
        assert_eq!(graph.heads_of(["base", "a1", "b1"]), ["a1", "b1"]);
        assert_eq!(Vec::from_iter(graph.with_ancestors(["b1"])), ["b1", "base"]);
    }

    #[test]
    fn a_circle_is_told() {
        assert!(graph(&[("a", &["b"]), ("b", &["a"])]).order().is_err());
        assert!(graph(&[("head", &["a"]), ("a", &["b"]), ("b", &["a"])]).order().is_err());
    }
}
