//! The scope of a snapshot: its profile, and the patterns that let objects in or leave them out. It is a part of what
//! a fingerprint means.
//! Out: reading a catalog (`groundline-pg`), and saying what was left out (`groundline-evidence`).
//! Called by the reader, and by whoever takes a snapshot from a file.

use crate::{Object, ObjectId, ObjectKind, PLATFORMS, Platform, Profile, Snapshot};
use groundline_core::{Digest, Hasher};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which objects count, and which of their properties.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// What counts of each object.
    pub profile: Profile,
    /// Where it is not empty, only what one of these matches counts.
    pub include: Vec<Pattern>,
    /// What one of these matches does not count; each has a reason.
    #[serde(deserialize_with = "with_reasons")]
    pub exclude: Vec<Pattern>,
}

/// Which objects: those whose identity it matches, what lives and dies with them (a table's columns, indexes and
/// owned sequences), and all in a schema that it matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The identity as PostgreSQL writes it (`audit.events`); `*` stands for any characters.
    #[serde(deserialize_with = "not_empty")]
    pub pattern: String,
    /// Only objects of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ObjectKind>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a pattern does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Lets objects in.
    Include,
    /// Leaves objects out.
    Exclude,
}

/// A pattern, and how many objects of a schema it matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternUse {
    /// What it does.
    pub rule: Rule,
    /// The pattern.
    #[serde(flatten)]
    pub pattern: Pattern,
    /// How many objects it let in or left out.
    pub objects: usize,
}

impl Scope {
    /// The scope of a profile, with no pattern.
    pub fn of(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// Its name: the profile, and where there are patterns, 12 digits of their digest: `schema+0f3a5c719d22`. Two
    /// snapshots are comparable only if their scopes have the same name.
    pub fn name(&self) -> String {
        if self.include.is_empty() && self.exclude.is_empty() {
            return self.profile.word().to_owned();
        }
        format!("{}+{}", self.profile.word(), self.patterns_digest().short())
    }

    /// Over the patterns as sets: neither their order nor their reasons matter.
    fn patterns_digest(&self) -> Digest {
        let set = |patterns: &[Pattern]| -> BTreeSet<(String, &str)> {
            let key = |one: &Pattern| (one.pattern.clone(), one.kind.map_or("", ObjectKind::word));
            patterns.iter().map(key).collect()
        };
        let mut hasher = Hasher::default();
        for patterns in [set(&self.include), set(&self.exclude)] {
            hasher.field(patterns.len().to_string());
            for (pattern, kind) in patterns {
                hasher.field(pattern).field(kind);
            }
        }
        hasher.finish()
    }

    /// A snapshot that was read under this scope's profile and no patterns, without what the scope leaves out.
    pub fn narrow(&self, mut snapshot: Snapshot) -> Snapshot {
        if self.profile == Profile::Schema {
            drop_what_platforms_made(&mut snapshot);
            let grants = snapshot.of_kind(ObjectKind::Grant).filter(|(_, object)| is_of_server(object));
            let grants: Vec<ObjectId> = grants.map(|(id, _)| id.clone()).collect();
            grants.iter().for_each(|grant| drop(snapshot.objects.remove(grant)));
        }
        self.keep_what_patterns_leave(&mut snapshot);
        snapshot.scope = self.name();
        snapshot
    }

    /// The same of a snapshot from a file, where its own scope allows it.
    ///
    /// # Errors
    /// Its scope, where that left out what this one lets in.
    pub fn adopt(&self, mut snapshot: Snapshot) -> Result<Snapshot, String> {
        if snapshot.scope == self.name() {
            return Ok(snapshot);
        }
        if snapshot.scope == Profile::Full.word() {
            self.profile.restrict(&mut snapshot);
        } else if snapshot.scope != self.profile.word() {
            return Err(snapshot.scope);
        }
        Ok(self.narrow(snapshot))
    }

    fn keep_what_patterns_leave(&self, snapshot: &mut Snapshot) {
        let tagged =
            |rule| move |pattern: &Pattern| PatternUse { rule, pattern: pattern.clone(), objects: 0 };
        let exclude = self.exclude.iter().map(tagged(Rule::Exclude));
        let mut uses: Vec<PatternUse> =
            self.include.iter().map(tagged(Rule::Include)).chain(exclude).collect();
        if !uses.is_empty() {
            let mut kept = BTreeMap::new();
            for (id, object) in &snapshot.objects {
                let chain = Chain::of(id, object, snapshot);
                let found = |uses: &mut Vec<PatternUse>, rule| {
                    let matched = uses.iter_mut().find(|one| one.rule == rule && chain.meets(&one.pattern));
                    matched.map(|one| one.objects += 1).is_some()
                };
                let is_out = found(&mut uses, Rule::Exclude);
                if !is_out && (self.include.is_empty() || found(&mut uses, Rule::Include)) {
                    kept.insert(id.clone(), object.clone());
                }
            }
            snapshot.objects = kept;
        }
        snapshot.patterns = uses;
    }
}

impl Pattern {
    /// A pattern over identities of any kind.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self { pattern: pattern.into(), kind: None, reason: None }
    }

    fn matches(&self, id: &ObjectId) -> bool {
        self.kind.is_none_or(|kind| kind == id.kind) && glob(&self.pattern, &id.identity)
    }
}

/// An object, what it lives and dies with, and the schema that it is in.
struct Chain<'a> {
    objects: Vec<&'a ObjectId>,
    schema: Option<ObjectId>,
}

impl<'a> Chain<'a> {
    fn of(id: &'a ObjectId, object: &'a Object, snapshot: &'a Snapshot) -> Self {
        let mut objects = vec![id];
        let mut parent = object.parent.as_ref();
        // A circle of parents would be a fault of the reader; it must not be an endless loop here.
        while let Some(next) = parent.filter(|next| !objects.contains(next)) {
            objects.push(next);
            parent = snapshot.objects.get(next).and_then(|object| object.parent.as_ref());
        }
        let schema = objects.iter().find_map(|id| id.schema());
        Self { schema: schema.map(|name| ObjectId::new(ObjectKind::Schema, name)), objects }
    }

    fn meets(&self, pattern: &Pattern) -> bool {
        let mut ids = self.objects.iter().copied().chain(&self.schema);
        ids.any(|id| pattern.matches(id))
    }
}

/// Whether it lives with an object of the server itself: who may use those differs between honest environments.
fn is_of_server(object: &Object) -> bool {
    let schema = object.parent.as_ref().map(|parent| parent.identity.split('.').next().unwrap_or_default());
    matches!(schema, Some("pg_catalog" | "information_schema"))
}

fn drop_what_platforms_made(snapshot: &mut Snapshot) {
    use ObjectKind::{DefaultPrivilege, EventTrigger, Extension, Grant, Schema};
    let kinds = [Schema, Extension, EventTrigger, Grant, DefaultPrivilege];
    let heads = kinds.into_iter().flat_map(|kind| snapshot.of_kind(kind)).map(|(id, _)| id);
    let made: BTreeSet<ObjectId> = heads.filter(|id| is_made_by_platform(id)).cloned().collect();
    if made.is_empty() {
        return;
    }
    let is_gone = |id: &ObjectId, object: &Object| {
        let chain = Chain::of(id, object, snapshot);
        chain.objects.iter().copied().chain(&chain.schema).any(|id| made.contains(id))
    };
    let gone: Vec<ObjectId> = snapshot
        .objects
        .iter()
        .filter(|(id, object)| is_gone(id, object))
        .map(|(id, _)| id.clone())
        .collect();
    gone.iter().for_each(|id| drop(snapshot.objects.remove(id)));
}

fn is_made_by_platform(id: &ObjectId) -> bool {
    let any = |names: fn(&Platform) -> &'static [&'static str], name: &str| {
        let name = name.trim_matches('"');
        PLATFORMS.iter().flat_map(names).any(|known| glob(known, name))
    };
    let is_role = |name| any(|platform| platform.roles, name);
    match id.kind {
        ObjectKind::Schema => any(|platform| platform.schemas, &id.identity),
        ObjectKind::Extension => any(|platform| platform.extensions, &id.identity),
        ObjectKind::EventTrigger => any(|platform| platform.event_triggers, &id.identity),
        // `table public.t to GRANTEE`; `tables in schema public of ROLE to GRANTEE`.
        ObjectKind::Grant => id.identity.rsplit_once(" to ").is_some_and(|(_, role)| is_role(role)),
        ObjectKind::DefaultPrivilege => id.identity.rsplit_once(" to ").is_some_and(|(of, role)| {
            is_role(role) || of.rsplit_once(" of ").is_some_and(|(_, role)| is_role(role))
        }),
        _ => false,
    }
}

impl Profile {
    /// Leaves out what this profile does not count, of a snapshot of the profile `full`.
    fn restrict(self, snapshot: &mut Snapshot) {
        snapshot.objects.retain(|id, _| self.includes(id.kind));
        for (id, object) in &mut snapshot.objects {
            if object.properties.keys().any(|property| !self.counts(id.kind, property)) {
                let mut properties = object.properties.clone();
                properties.retain(|property, _| self.counts(id.kind, property));
                *object = Arc::new(Object::new(properties, object.order).of_parent(object.parent.clone()));
            }
        }
    }
}

/// Whether a text is what a pattern says, in which `*` stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(end)
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    match pattern.trim().is_empty() {
        true => Err(de::Error::custom("a pattern is empty")),
        false => Ok(pattern),
    }
}

fn with_reasons<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pattern>, D::Error> {
    let patterns = Vec::<Pattern>::deserialize(deserializer)?;
    let is_bare = |one: &&Pattern| one.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
    match patterns.iter().find(is_bare) {
        Some(bare) => Err(de::Error::custom(format!(
            "what is left out needs a reason: {{ pattern = {:?}, reason = \"…\" }}",
            bare.pattern
        ))),
        None => Ok(patterns),
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn stars_stand_for_any_characters() {
        let yes =
            [("a", "a"), ("a*", "a"), ("*", ""), ("a.*", "a.b.c"), ("*_y*", "a.x_y1"), ("a*b*c", "abbc")];
        let no = [("a", "ab"), ("a.*", "ab.c"), ("*_y", "a_yx"), ("a*a", "a"), ("a*b*c", "acb")];
        yes.iter().for_each(|(pattern, text)| assert!(glob(pattern, text), "{pattern} {text}"));
        no.iter().for_each(|(pattern, text)| assert!(!glob(pattern, text), "{pattern} {text}"));
    }
}
