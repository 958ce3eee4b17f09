//! A schema at one moment: its objects, each with its properties and digest, and the total fingerprint.
//! Out: reading it from a server, comparing two (`diff`).
//! Called by `pg` (which makes them), the drill, the lock file, reports.

use crate::ObjectKind;
use groundline_core::{Digest, Hasher, ServerVersion};
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

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.identity)
    }
}

/// An object's properties. Equal properties are equal objects, whatever their OIDs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Property to value, as PostgreSQL prints it.
    pub properties: BTreeMap<Arc<str>, Arc<str>>,
    /// Place among its siblings (columns of a table: from 1, counting live columns only). Not in `digest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
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
        Self { properties, order, digest: hasher.finish() }
    }
}

/// A schema at one moment. Objects are shared between snapshots of one reader, so many are cheap to keep.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The server that it was read from.
    pub server: ServerVersion,
    /// All objects that count.
    pub objects: BTreeMap<ObjectId, Arc<Object>>,
}

/// The digest of a whole schema. Comparable within one major and one normal form only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Over (kind, identity, digest) of every object; column order does not count.
    pub schema: Digest,
    /// The same with column order.
    pub ordered: Digest,
}
