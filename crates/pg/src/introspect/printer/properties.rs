//! Collecting the properties of one object; a property at its default is not there.
//! Out: which properties a kind has. Called by the printer.

use groundline_catalog::{Object, ObjectId, ObjectKind, Profile};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The registry of properties that are printed here: kind, name, and since which major it is there.
pub static PRINTED: &[(ObjectKind, &[(&str, u16)])] = &[
    (
        ObjectKind::Table,
        &[
            ("owner", 14),
            ("persistence", 14),
            ("access method", 14),
            ("tablespace", 14),
            ("options", 14),
            ("toast options", 14),
            ("replica identity", 14),
            ("row security", 14),
            ("row security forced", 14),
            ("partition key", 14),
            ("partition bound", 14),
            ("inherits", 14),
            ("of type", 14),
            ("comment", 14),
        ],
    ),
    (
        ObjectKind::ForeignTable,
        &[
            ("owner", 14),
            ("server", 14),
            ("server options", 14),
            ("partition bound", 14),
            ("inherits", 14),
            ("comment", 14),
        ],
    ),
    (ObjectKind::View, &[("owner", 14), ("options", 14), ("definition", 14), ("comment", 14)]),
    (
        ObjectKind::MaterializedView,
        &[
            ("owner", 14),
            ("access method", 14),
            ("tablespace", 14),
            ("options", 14),
            ("toast options", 14),
            ("replica identity", 14),
            ("definition", 14),
            ("populated", 14),
            ("depends on extensions", 14),
            ("comment", 14),
        ],
    ),
    (ObjectKind::Type, &[("owner", 14), ("form", 14), ("comment", 14)]),
    (
        ObjectKind::Sequence,
        &[
            ("owner", 14),
            ("persistence", 15),
            ("type", 14),
            ("start", 14),
            ("increment", 14),
            ("minimum", 14),
            ("maximum", 14),
            ("cache", 14),
            ("cycle", 14),
            ("owned by", 14),
            ("comment", 14),
        ],
    ),
    (
        ObjectKind::Column,
        &[
            ("type", 14),
            ("collation", 14),
            ("not null", 14),
            ("default", 14),
            ("generated", 14),
            ("identity", 14),
            ("storage", 14),
            ("compression", 14),
            ("statistics target", 14),
            ("options", 14),
            ("server options", 14),
            ("inherited", 14),
            ("comment", 14),
        ],
    ),
    (
        ObjectKind::Constraint,
        &[
            ("definition", 14),
            ("deferrable", 14),
            ("validated", 14),
            ("enforced", 18),
            ("no inherit", 14),
            ("inherited", 14),
            ("triggers", 14),
            ("comment", 14),
        ],
    ),
    (
        ObjectKind::Index,
        &[
            ("method", 14),
            ("unique", 14),
            ("keys", 14),
            ("include", 14),
            ("nulls not distinct", 15),
            ("where", 14),
            ("options", 14),
            ("valid", 14),
            ("ready", 14),
            ("clustered", 14),
            ("replica identity", 14),
            ("tablespace", 14),
            ("attached to", 14),
            ("statistics targets", 14),
            ("depends on extensions", 14),
            ("comment", 14),
        ],
    ),
];

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
        let Some(value) = value else { return };
        self.assert_registered(name);
        if self.profile.counts(self.kind, name) {
            self.values.insert(self.words.of(name), value.into());
        }
    }

    /// A property without an entry in the registry would be missing from the reference: tests stop at it.
    fn assert_registered(&self, name: &str) {
        let of_kind = PRINTED.iter().filter(|(kind, _)| *kind == self.kind);
        debug_assert!(
            of_kind.flat_map(|(_, names)| *names).any(|(known, _)| *known == name),
            "{name:?} of {} is not in the registry of properties",
            self.kind
        );
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
