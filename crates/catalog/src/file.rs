//! A snapshot as serde data: a list of records, because an object's id is no key that JSON could write.
//! Out: where such files lie and who reads them.
//! Called by serde.

use crate::{NORMAL_FORM, Object, ObjectId, PatternUse, Scope, Snapshot};
use groundline_core::ServerVersion;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One object in a file. Its digest is computed anew when it is read.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    #[serde(flatten)]
    id: ObjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ObjectId>,
    properties: std::borrow::Cow<'a, BTreeMap<Arc<str>, Arc<str>>>,
}

/// The records, written one after the other without a copy.
struct Records<'a>(&'a Snapshot);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.objects.iter().map(|(id, object)| Record {
            id: id.clone(),
            order: object.order,
            parent: object.parent.clone(),
            properties: std::borrow::Cow::Borrowed(&object.properties),
        }))
    }
}

#[derive(Deserialize)]
struct File {
    normal_form: u16,
    server: ServerVersion,
    #[serde(default = "default_scope")]
    scope: String,
    #[serde(default)]
    patterns: Vec<PatternUse>,
    #[serde(default)]
    notes: Vec<String>,
    objects: Vec<Record<'static>>,
}

/// Of files from before scopes.
fn default_scope() -> String {
    Scope::default().name()
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = serializer.serialize_struct("Snapshot", 6)?;
        file.serialize_field("normal_form", &NORMAL_FORM)?;
        file.serialize_field("server", &self.server)?;
        file.serialize_field("scope", &self.scope)?;
        file.serialize_field("patterns", &self.patterns)?;
        file.serialize_field("notes", &self.notes)?;
        file.serialize_field("objects", &Records(self))?;
        file.end()
    }
}

impl<'de> Deserialize<'de> for Snapshot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = File::deserialize(deserializer)?;
        if file.normal_form != NORMAL_FORM {
            return Err(de::Error::custom(format!(
                "the snapshot is in normal form {}, this version reads {NORMAL_FORM}",
                file.normal_form
            )));
        }
        let File { server, scope, patterns, notes, .. } = file;
        let mut snapshot = Snapshot { scope, patterns, notes, ..Snapshot::empty(server) };
        for Record { id, order, parent, properties } in file.objects {
            let object = Object::new(properties.into_owned(), order).of_parent(parent);
            if snapshot.objects.insert(id.clone(), Arc::new(object)).is_some() {
                return Err(de::Error::custom(format!("{id} is there twice")));
            }
        }
        Ok(snapshot)
    }
}
