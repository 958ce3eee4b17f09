//! Collecting the properties of one object; a property at its default is not there.
//! Out: which properties a kind has. Called by the printer.

use groundline_catalog::{Object, ObjectId, ObjectKind, Profile};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Names of properties and frequent values, each kept once.
#[derive(Default)]
pub(super) struct Words(HashMap<&'static str, Arc<str>>);

impl Words {
    fn of(&mut self, word: &'static str) -> Arc<str> {
        self.0.entry(word).or_insert_with(|| Arc::from(word)).clone()
    }
}

/// The properties of an object.
pub(super) struct Properties<'w> {
    kind: ObjectKind,
    profile: Profile,
    words: &'w mut Words,
    values: BTreeMap<Arc<str>, Arc<str>>,
}

impl<'w> Properties<'w> {
    pub fn new(kind: ObjectKind, profile: Profile, words: &'w mut Words) -> Self {
        Self { kind, profile, words, values: BTreeMap::new() }
    }

    /// A property with a value that was read.
    pub fn text(&mut self, name: &'static str, value: Option<impl Into<Arc<str>>>) {
        if let Some(value) = value
            && self.profile.counts(self.kind, name)
        {
            self.values.insert(self.words.of(name), value.into());
        }
    }

    /// A property with one of a few values.
    pub fn word(&mut self, name: &'static str, value: Option<&'static str>) {
        let value = value.map(|value| self.words.of(value));
        self.text(name, value);
    }

    /// The object.
    pub fn object(self, order: Option<u32>, parent: Option<ObjectId>) -> Object {
        Object::new(self.values, order).of_parent(parent)
    }
}
