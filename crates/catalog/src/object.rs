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

    /// The schema that it is in, as PostgreSQL writes its name; none for what is in no schema.
    pub fn schema(&self) -> Option<&str> {
        let first = self.kind.is_in_schema().then(|| dots(&self.identity).next())?;
        first.map(|dot| &self.identity[..dot])
    }

    /// The last part of its name: `b` of `public."a.b".b`.
    pub fn last_part(&self) -> &str {
        let start = dots(&self.identity).last().map_or(0, |dot| dot + 1);
        &self.identity[start..]
    }
}

/// The places of the dots that part an identity: those outside of quotes, and before a routine's arguments.
fn dots(identity: &str) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    let outside = identity.bytes().enumerate().take_while(move |(_, byte)| {
        quoted ^= *byte == b'"';
        quoted || *byte != b'('
    });
    let mut quoted = false;
    let dots = outside.filter(move |(_, byte)| {
        quoted ^= *byte == b'"';
        *byte == b'.' && !quoted
    });
    dots.map(|(at, _)| at)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_at_dots_outside_of_quotes_and_arguments() {
        let parts = |kind, identity: &str| {
            let id = ObjectId::new(kind, identity);
            (id.schema().map(str::to_owned), id.last_part().to_owned())
        };
        let (some, text) = (|text: &str| Some(text.to_owned()), str::to_owned);
        assert_eq!(parts(ObjectKind::Column, r#"public."a.b".c"#), (some("public"), text("c")));
        assert_eq!(parts(ObjectKind::Table, r#""a.b"."c.d""#), (some(r#""a.b""#), text(r#""c.d""#)));
        assert_eq!(parts(ObjectKind::Function, "s.f(s.t, x.y)"), (some("s"), text("f(s.t, x.y)")));
        assert_eq!(parts(ObjectKind::Schema, "audit"), (None, text("audit")));
    }
}
