//! What is left out of a reading: bookkeeping, and what the caller's scope leaves out.
//! Out: reading (`mod`), and what a scope means (`catalog`). Called by the reader.

use crate::dialect;
use groundline_catalog::{Profile, Scope};
use std::collections::BTreeSet;

/// What is left out of a snapshot.
#[derive(Clone, Debug)]
pub struct Excluded {
    /// Tables with all that belongs to them, as `schema.table`.
    relations: BTreeSet<String>,
    /// Whole schemas.
    schemas: BTreeSet<String>,
    /// Which properties are read.
    pub(super) profile: Profile,
    /// What is taken out of a finished reading.
    pub(super) scope: Scope,
    /// Whether it is read, too, what needs what.
    pub(super) with_needs: bool,
}

impl Excluded {
    /// The history tables of all tools, Groundline's own schema and its guard: they say what was applied, and are no part
    /// of a schema. Properties of the environment are left out too (see [`Profile::Schema`]).
    pub fn bookkeeping() -> Self {
        Self::outside(Scope::default())
    }

    /// Bookkeeping, and what is not in a scope.
    pub fn outside(scope: Scope) -> Self {
        let tables = dialect::bookkeeping_tables().into_iter();
        Self {
            relations: tables.map(|(schema, table)| format!("{schema}.{table}")).collect(),
            schemas: BTreeSet::from(["groundline".to_owned(), "groundline_guard".to_owned()]),
            profile: scope.profile,
            scope,
            with_needs: false,
        }
    }

    /// The same, and what needs what is read, too: for plans of statements.
    pub fn with_needs(self) -> Self {
        Self { with_needs: true, ..self }
    }

    /// Whether a relation of this identity is left out.
    pub(super) fn relation(&self, identity: &str) -> bool {
        self.relations.contains(identity) || self.in_schema(identity)
    }

    /// Whether an object of this identity is in a schema that is left out.
    pub(super) fn in_schema(&self, identity: &str) -> bool {
        let schema = identity.split_once('.').map_or(identity, |(schema, _)| schema);
        self.schemas.contains(schema)
    }

    /// The scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}
