//! A schema at one moment: its objects, and their fingerprint.
//! Out: reading it from a server, comparing two (`diff`).
//! Called by `pg` (which makes them), the drill, the lock file, reports.

use crate::ddl::Dependencies;
use crate::{NORMAL_FORM, Object, ObjectId, ObjectKind, PatternUse, Scope};
use groundline_core::{Digest, Hasher, ServerVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A schema at one moment. Objects are shared between snapshots of one reader, so many are cheap to keep.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The server that it was read from.
    pub server: ServerVersion,
    /// The name of the scope that it was read under: see [`Scope::name`].
    pub scope: String,
    /// What the scope's patterns matched. Not in the fingerprint.
    pub patterns: Vec<PatternUse>,
    /// All objects that count.
    pub objects: BTreeMap<ObjectId, Arc<Object>>,
    /// What needs what, where that was asked for. Not in the fingerprint.
    pub needs: Arc<Dependencies>,
    /// What the reader saw and could not read: kinds of objects it does not know, what it had no right to
    /// see. Empty: the snapshot is complete. Not in the fingerprint.
    pub notes: Vec<String>,
}

/// The digest of a whole schema. Comparable within one major, one normal form and one scope only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Over (kind, identity, digest) of every object; column order does not count.
    pub schema: Digest,
    /// The same with column order.
    pub ordered: Digest,
}

impl Snapshot {
    /// A snapshot without objects.
    pub fn empty(server: ServerVersion) -> Self {
        let (scope, patterns) = (Scope::default().name(), Vec::new());
        let needs = Arc::default();
        Self { server, scope, patterns, objects: BTreeMap::new(), needs, notes: Vec::new() }
    }

    /// The objects of one kind, in the order of their identities.
    pub fn of_kind(&self, kind: ObjectKind) -> impl Iterator<Item = (&ObjectId, &Arc<Object>)> {
        self.objects.range(ObjectId::new(kind, "")..).take_while(move |(id, _)| id.kind == kind)
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether it has no object.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The digests over all objects, the major, the version of the normal form, and the scope unless it is the
    /// default one: so fingerprints under different scopes differ. Linear in the number of objects, not in the
    /// size of their definitions.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut schema = Hasher::default();
        let mut order = Hasher::default();
        schema.field(NORMAL_FORM.to_le_bytes()).field(self.server.major().number().to_le_bytes());
        if self.scope != Scope::default().name() {
            schema.field(&self.scope);
        }
        for (id, object) in &self.objects {
            schema.field(id.kind.word()).field(id.identity.as_bytes()).raw(object.digest.bytes());
            if let Some(place) = object.order {
                order.field(id.identity.as_bytes()).raw(&place.to_le_bytes());
            }
        }
        let schema = schema.finish();
        let mut ordered = Hasher::default();
        ordered.raw(schema.bytes()).raw(order.finish().bytes());
        Fingerprint { schema, ordered: ordered.finish() }
    }
}

/// Two snapshots are equal if they hold the same objects in the same order of columns; notes do not count.
impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.server.major() == other.server.major()
            && self.scope == other.scope
            && self.objects.len() == other.objects.len()
            && self.objects.iter().zip(&other.objects).all(|((id, object), (other_id, other))| {
                id == other_id && (Arc::ptr_eq(object, other) || object == other)
            })
    }
}
