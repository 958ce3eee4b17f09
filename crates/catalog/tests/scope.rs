//! Scopes: what patterns and profiles leave out, what they are called, and what of a file they can take.

#![allow(clippy::unwrap_used)]

use ObjectKind::{
    Column, DefaultPrivilege, EventTrigger, Extension, Function, Grant, Index, Schema, Sequence, Setting,
    Table,
};
use groundline_catalog::{Change, Object, ObjectId, ObjectKind, Pattern, Profile, Scope, Snapshot, diff};
use groundline_core::ServerVersion;
use std::collections::BTreeMap;
use std::sync::Arc;

type Id = (ObjectKind, &'static str);

/// Objects by kind, identity and parent, each with an owner.
fn snapshot(profile: Profile, objects: &[(ObjectKind, &str, Option<Id>)]) -> Snapshot {
    let mut snapshot = Snapshot::empty(ServerVersion::from_num(150_018));
    snapshot.scope = profile.word().to_owned();
    for (kind, identity, parent) in objects {
        let parent = parent.map(|(kind, identity)| ObjectId::new(kind, identity));
        let owner = BTreeMap::from([(Arc::from("owner"), Arc::from("me"))]);
        let properties = if profile == Profile::Full { owner } else { BTreeMap::new() };
        let object = Object::new(properties, None).of_parent(parent);
        snapshot.objects.insert(ObjectId::new(*kind, *identity), Arc::new(object));
    }
    snapshot
}

fn shop(profile: Profile) -> Snapshot {
    let orders = Some((Table, "public.orders"));
    snapshot(
        profile,
        &[
            (Schema, "public", None),
            (Schema, "audit", None),
            (Table, "public.orders", None),
            (Column, "public.orders.id", orders),
            (Sequence, "public.orders_id_seq", Some((Column, "public.orders.id"))),
            (Index, "public.orders_by_day", orders),
            (Table, "audit.events", None),
            (Column, "audit.events.at", Some((Table, "audit.events"))),
            (Function, "audit.note(text)", None),
            (Grant, "table audit.events to reader", Some((Table, "audit.events"))),
        ],
    )
}

fn left(scope: &Scope, of: Snapshot) -> Vec<String> {
    scope.narrow(of).objects.keys().map(ToString::to_string).collect()
}

fn excluding(patterns: &[Pattern]) -> Scope {
    Scope { exclude: patterns.to_vec(), ..Scope::default() }
}

fn of_kind(kind: ObjectKind, pattern: &str) -> Pattern {
    Pattern { kind: Some(kind), ..Pattern::new(pattern) }
}

#[test]
fn a_relation_takes_its_parts_along() {
    let scope = excluding(&[Pattern::new("public.orders")]);
    let left = left(&scope, shop(Profile::Schema));
    assert!(!left.iter().any(|one| one.contains("orders")), "{left:?}");
    assert_eq!(left.len(), 6, "{left:?}");
}

#[test]
fn a_schema_takes_all_that_is_in_it_along() {
    let scope = excluding(&[of_kind(Schema, "audit")]);
    let left = left(&scope, shop(Profile::Schema));
    assert!(!left.iter().any(|one| one.contains("audit")), "{left:?}");
    let kept = excluding(&[of_kind(Table, "audit")]);
    assert_eq!(kept.narrow(shop(Profile::Schema)).len(), 10);
}

#[test]
fn include_narrows_and_exclude_takes_away() {
    let scope = Scope { include: vec![Pattern::new("audit.*")], ..excluding(&[of_kind(Function, "*")]) };
    let snapshot = scope.narrow(shop(Profile::Schema));
    let left: Vec<_> = snapshot.objects.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["table audit.events", "column audit.events.at", "grant table audit.events to reader"]);
    let uses: Vec<_> =
        snapshot.patterns.iter().map(|one| (one.pattern.pattern.as_str(), one.objects)).collect();
    assert_eq!(uses, [("audit.*", 3), ("*", 1)]);
}

#[test]
fn a_part_without_its_relation_is_still_compared() {
    let scope = Scope { include: vec![Pattern::new("public.orders_by_day")], ..Scope::default() };
    let (with, mut without) = (shop(Profile::Schema), shop(Profile::Schema));
    without.objects.remove(&ObjectId::new(Index, "public.orders_by_day"));
    let differences = diff(&scope.narrow(without), &scope.narrow(with));
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].change, Change::Added);
}

#[test]
fn what_platforms_make_is_no_part_of_the_schema() {
    let made = |profile| {
        let mut made = snapshot(
            profile,
            &[
                (Schema, "heroku_ext", None),
                (Function, "heroku_ext.f()", None),
                (Extension, "neon", None),
                (EventTrigger, "issue_pg_net_access", None),
                (EventTrigger, "our_guard", None),
                (Grant, "table public.orders to rds_superuser", Some((Table, "public.orders"))),
                (Grant, "table public.orders to service_role", Some((Table, "public.orders"))),
                (DefaultPrivilege, "tables in schema public of supabase_admin to anon", None),
                (DefaultPrivilege, "tables in schema public of migrator to anon", None),
            ],
        );
        made.objects.extend(shop(profile).objects);
        made
    };
    let kept = left(&Scope::default(), made(Profile::Schema));
    assert_eq!(kept.len(), 13, "{kept:?}");
    for name in ["service_role", "our_guard", "of migrator"] {
        assert!(kept.iter().any(|one| one.contains(name)), "{name}: {kept:?}");
    }
    assert_eq!(left(&Scope::of(Profile::Full), made(Profile::Full)).len(), 19);
}

#[test]
fn scopes_with_the_same_meaning_have_the_same_name() {
    let audit = Pattern { reason: Some("made by a job".to_owned()), ..Pattern::new("audit.*") };
    let one = excluding(&[audit, Pattern::new("tmp.*")]);
    let other = excluding(&[Pattern::new("tmp.*"), Pattern::new("audit.*")]);
    assert_eq!(one.name(), other.name());
    let names = [
        Scope::default().name(),
        Scope::of(Profile::Full).name(),
        one.name(),
        excluding(&[of_kind(Table, "audit.*"), Pattern::new("tmp.*")]).name(),
        Scope { include: one.exclude.clone(), ..Scope::default() }.name(),
    ];
    assert_eq!(names[..2], ["schema", "full"]);
    assert_eq!(std::collections::BTreeSet::from(names.clone()).len(), names.len(), "{names:?}");
}

#[test]
fn fingerprints_under_different_scopes_differ() {
    let nothing_matches = excluding(&[Pattern::new("nowhere.*")]);
    let fingerprint = |scope: &Scope| scope.narrow(shop(Profile::Schema)).fingerprint();
    assert_ne!(fingerprint(&nothing_matches), fingerprint(&Scope::default()));
}

#[test]
fn a_wider_file_is_narrowed_and_a_narrower_one_is_refused() {
    let mut full = shop(Profile::Full);
    full.objects.insert(ObjectId::new(Setting, "search_path"), Arc::new(Object::new(BTreeMap::new(), None)));
    let read = Scope::default().narrow(shop(Profile::Schema));
    assert_eq!(Scope::default().adopt(full.clone()).unwrap().fingerprint(), read.fingerprint());
    let scope = excluding(&[Pattern::new("audit.*")]);
    assert_eq!(scope.adopt(full).unwrap(), scope.adopt(read.clone()).unwrap());
    let narrowed = scope.narrow(shop(Profile::Schema));
    assert_eq!(Scope::default().adopt(narrowed).unwrap_err(), scope.name());
    assert_eq!(Scope::of(Profile::Full).adopt(read).unwrap_err(), "schema");
}
