//! Which revisions a fingerprint is of.
//! Out: measuring fingerprints, and what to do where there is none (`pg`).
//! Called by `identify` and by onboarding.

use super::{Lock, Locked};
use groundline_catalog::Fingerprint;
use groundline_core::Major;

/// The revisions whose schema it is: several, where a revision changes no schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Their ids, oldest first; "" is the database before the first revision.
    pub revisions: Vec<String>,
    /// Whether only the order of columns differs from them.
    pub order_only: bool,
}

/// The revisions among `known` whose fingerprint is `actual`; where there is none, those that differ in the order
/// of columns alone; nothing where there is none of these either.
pub fn recognise<'a>(
    actual: Fingerprint,
    known: impl Iterator<Item = (&'a str, Fingerprint)>,
) -> Option<Recognised> {
    let alike: Vec<_> = known.filter(|(_, one)| one.schema == actual.schema).collect();
    let matching = |same: &dyn Fn(Fingerprint) -> bool| -> Vec<String> {
        alike.iter().filter(|(_, one)| same(*one)).map(|(id, _)| (*id).to_owned()).collect()
    };
    let exact = matching(&|one| one == actual);
    let (revisions, order_only) = match exact.is_empty() {
        false => (exact, false),
        true => (matching(&|_| true), true),
    };
    (!revisions.is_empty()).then_some(Recognised { revisions, order_only })
}

impl Lock {
    /// The revisions whose locked fingerprint on a major is `actual`.
    pub fn recognise(&self, actual: Fingerprint, major: Major) -> Option<Recognised> {
        let empty = self.empty.on(major).map(|fingerprint| ("", fingerprint));
        let of = |locked: &'_ Locked| locked.yields.on(major);
        let revisions = self.revisions.iter().filter_map(|locked| Some((locked.id(), of(locked)?)));
        recognise(actual, empty.into_iter().chain(revisions))
    }
}
