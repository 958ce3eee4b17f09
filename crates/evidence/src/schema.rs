//! A schema in the evidence: its fingerprint and its objects.
//! Out: reading it from a server (`pg`).

use groundline_catalog::{Fingerprint, NORMAL_FORM, Object, ObjectId, Snapshot};
use groundline_core::{Major, ServerVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A schema's fingerprint with all that it depends on. Fingerprints whose major, normal form or scope differ say
/// nothing about each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaKey {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// The major of the server that printed the schema.
    pub major: Major,
    /// The version of the normal form.
    pub normal_form: u16,
    /// The name of the scope.
    pub scope: String,
    /// How many objects it has.
    pub objects: usize,
}

impl SchemaKey {
    /// Of a schema.
    pub fn of(schema: &Snapshot) -> Self {
        Self {
            fingerprint: schema.fingerprint(),
            major: schema.server.major(),
            normal_form: NORMAL_FORM,
            scope: schema.scope.clone(),
            objects: schema.len(),
        }
    }
}

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
    /// Its place among its siblings, where they have an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// The object that it lives and dies with: a column's table, an index's constraint, a grant's object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ObjectId>,
    /// Its properties, as PostgreSQL prints them.
    pub properties: BTreeMap<Arc<str>, Arc<str>>,
}

impl SchemaFacts {
    /// The facts of a snapshot.
    pub fn new(snapshot: &Snapshot, fingerprint: Option<Fingerprint>) -> Self {
        Self {
            server: snapshot.server,
            fingerprint,
            objects: snapshot.objects.iter().map(SchemaObject::new).collect(),
        }
    }
}

impl SchemaObject {
    fn new((id, object): (&ObjectId, &Arc<Object>)) -> Self {
        Self {
            id: id.clone(),
            order: object.order,
            parent: object.parent.clone(),
            properties: object.properties.clone(),
        }
    }
}
