//! One object of a schema: which it is, and what can be said about it.
//! Out: how objects make a schema (`snapshot`).
//! Called by `pg` (which makes them), snapshots, differences, reports.

use crate::ObjectKind;
use groundline_core::{Digest, Hasher};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Which object: its kind and its name as PostgreSQL writes it (`public.orders`, `public.orders.id`,
/// `public.total(integer)`), identifiers quoted only where they need it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectId {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its identity among its kind.
    pub identity: Arc<str>,
}

impl ObjectId {
    /// The object of this kind and identity.
    pub fn new(kind: ObjectKind, identity: impl Into<Arc<str>>) -> Self {
        Self { kind, identity: identity.into() }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.identity)
    }
}

/// An object's properties. Equal properties are equal objects, whatever their OIDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Property to value, as PostgreSQL prints it. A property at its default is left out, so that a new
    /// property of a new major changes no digest.
    pub properties: BTreeMap<Arc<str>, Arc<str>>,
    /// Place among its siblings (columns of a table: from 1, counting live columns only). Not in `digest`.
    pub order: Option<u32>,
    /// The object that it lives and dies with: a column's table, a comment's object. Not in `digest`.
    pub parent: Option<ObjectId>,
    /// Digest of the properties.
    pub digest: Digest,
}

impl Object {
    /// An object of these properties.
    pub fn new(properties: BTreeMap<Arc<str>, Arc<str>>, order: Option<u32>) -> Self {
        let mut hasher = Hasher::default();
        for (property, value) in &properties {
            hasher.field(property.as_bytes()).field(value.as_bytes());
        }
        Self { properties, order, parent: None, digest: hasher.finish() }
    }

    /// The same, living and dying with another object.
    pub fn of_parent(mut self, parent: Option<ObjectId>) -> Self {
        self.parent = parent;
        self
    }
}
