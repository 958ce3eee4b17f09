//! A schema in the evidence: its fingerprint and its objects.
//! Out: reading it from a server (`pg`).

use groundline_catalog::{Fingerprint, Object, ObjectId, Snapshot};
use groundline_core::ServerVersion;
use serde::{Deserialize, Serialize};

/// A schema at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SchemaFacts {
    /// The server that printed it.
    pub server: ServerVersion,
    /// Its fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// Its objects, in the order of kinds and identities.
    pub objects: Vec<SchemaObject>,
}

/// One object of a schema.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SchemaObject {
    /// Which one.
    #[serde(flatten)]
    pub id: ObjectId,
    /// Its properties.
    #[serde(flatten)]
    pub object: Object,
}

impl SchemaFacts {
    /// The facts of a snapshot.
    pub fn new(snapshot: &Snapshot, fingerprint: Option<Fingerprint>) -> Self {
        let object =
            |(id, object): (&ObjectId, &_)| SchemaObject { id: id.clone(), object: Object::clone(object) };
        Self {
            server: snapshot.server,
            fingerprint,
            objects: snapshot.objects.iter().map(|(id, held)| object((id, &**held))).collect(),
        }
    }
}
