//! When tables become logged or unlogged, among each other and among the foreign keys that come and go.
//! Out: which tables and keys (`ddl::persistence`). Called by the order.

use super::Graph;
use crate::ddl::Does;
use crate::ddl::persistence::{Key, Persistence};
use crate::ddl::side::Side;

impl Graph {
    /// Which node comes after which.
    pub(super) fn link_persistence<'s>(
        &mut self,
        persistence: &Persistence<'s>,
        before: Side<'s>,
        after: Side<'s>,
    ) {
        let ends = |key: &Key<'_>| -> Vec<usize> {
            key.children
                .iter()
                .chain(&key.parents)
                .filter_map(|table| self.makes.get(table).copied())
                .collect()
        };
        let mut edges = Vec::new();
        for key in persistence.keys(before) {
            match self.drops.get(key.id) {
                Some(drop) => {
                    let gone = self.gone_with(*drop, before.schema);
                    edges.extend(ends(&key).into_iter().map(|end| (end, gone)));
                }
                None => edges.extend(
                    persistence
                        .turns(&key)
                        .into_iter()
                        .filter_map(|(first, then)| Some((*self.makes.get(then)?, *self.makes.get(first)?))),
                ),
            }
        }
        for key in persistence.keys(after) {
            let make = self.makes.get(key.id).filter(|make| self.nodes[**make].does == Does::Create);
            edges.extend(make.into_iter().flat_map(|make| ends(&key).into_iter().map(|end| (*make, end))));
        }
        self.come_after(edges);
    }
}
