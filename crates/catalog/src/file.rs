//! A snapshot as serde data: a list of records, because an object's id is no key that JSON could write; and as JSON
//! of lines that people compare.
//! Out: where such files lie and who reads them.
//! Called by serde, and by whoever keeps a snapshot in a file that is reviewed.

use crate::{NORMAL_FORM, Object, ObjectId, PatternUse, Scope, Snapshot};
use groundline_core::ServerVersion;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One object in a file. Its digest is computed anew when it is read.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    #[serde(flatten)]
    head: Head,
    properties: std::borrow::Cow<'a, BTreeMap<Arc<str>, Arc<str>>>,
}

/// What is said of an object before its properties.
#[derive(Serialize, Deserialize)]
struct Head {
    #[serde(flatten)]
    id: ObjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ObjectId>,
}

impl Head {
    fn of((id, object): (&ObjectId, &Arc<Object>)) -> Self {
        Self { id: id.clone(), order: object.order, parent: object.parent.clone() }
    }
}

/// The records, written one after the other without a copy.
struct Records<'a>(&'a Snapshot);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.objects.iter().map(|(id, object)| Record {
            head: Head::of((id, object)),
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

impl Snapshot {
    /// The same JSON in lines: one an object, and then one a property, so that a diff of two is one of schemas.
    ///
    /// # Errors
    /// None is known: what is written has no keys but strings.
    pub fn to_lines(&self) -> Result<String, serde_json::Error> {
        let notes = serde_json::to_string(&self.notes)?;
        let server = serde_json::to_string(&self.server)?;
        let (scope, patterns) = (serde_json::to_string(&self.scope)?, serde_json::to_string(&self.patterns)?);
        let mut text = format!(
            "{{\n\"normal_form\": {NORMAL_FORM},\n\"server\": {server},\n\"scope\": {scope},\n\
             \"patterns\": {patterns},\n\"notes\": {notes},\n\"objects\": ["
        );
        for (at, entry) in self.objects.iter().enumerate() {
            let head = serde_json::to_string(&Head::of(entry))?;
            let comma = if at == 0 { "" } else { "," };
            let head = head.strip_suffix('}').unwrap_or(&head);
            text.push_str(&format!("{comma}\n{head},\"properties\":{{"));
            for (at, (property, value)) in entry.1.properties.iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                let (property, value) = (serde_json::to_string(property)?, serde_json::to_string(value)?);
                text.push_str(&format!("{comma}\n  {property}: {value}"));
            }
            text.push_str("}}");
        }
        text.push_str("\n]\n}\n");
        Ok(text)
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
        for Record { head: Head { id, order, parent }, properties } in file.objects {
            let object = Object::new(properties.into_owned(), order).of_parent(parent);
            if snapshot.objects.insert(id.clone(), Arc::new(object)).is_some() {
                return Err(de::Error::custom(format!("{id} is there twice")));
            }
        }
        Ok(snapshot)
    }
}
