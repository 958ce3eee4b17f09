//! Laws of snapshots and differences, over random snapshots.

#![allow(clippy::unwrap_used)]

use groundline_catalog::{Change, NORMAL_FORM, Object, ObjectId, ObjectKind, Snapshot, diff};
use groundline_core::ServerVersion;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A table of the random schema: its columns in order, each with a type.
type Table = (String, Vec<(String, String)>);

fn tables() -> impl Strategy<Value = Vec<Table>> {
    let column = ("[a-d]", prop_oneof!["text", "integer"]).prop_map(|(name, kind)| (name, kind));
    let columns = prop::collection::vec(column, 0..5).prop_map(|mut columns| {
        let mut seen = std::collections::HashSet::new();
        columns.retain(|(name, _): &(String, String)| seen.insert(name.clone()));
        columns
    });
    prop::collection::btree_map("[x-z]", columns, 0..3).prop_map(|tables| tables.into_iter().collect())
}

fn snapshot(tables: &[Table]) -> Snapshot {
    let mut snapshot = Snapshot::empty(ServerVersion::from_num(150_018));
    for (table, columns) in tables {
        let id = ObjectId::new(ObjectKind::Table, format!("public.{table}"));
        for (place, (column, kind)) in columns.iter().enumerate() {
            let properties = BTreeMap::from([(Arc::from("type"), Arc::from(kind.as_str()))]);
            let object = Object::new(properties, Some(place as u32 + 1)).of_parent(Some(id.clone()));
            let column = ObjectId::new(ObjectKind::Column, format!("{}.{column}", id.identity));
            snapshot.objects.insert(column, Arc::new(object));
        }
        snapshot.objects.insert(id, Arc::new(Object::new(BTreeMap::new(), None)));
    }
    snapshot
}

proptest! {
    #[test]
    fn no_difference_means_equal_fingerprints(before in tables(), after in tables()) {
        let (before, after) = (snapshot(&before), snapshot(&after));
        let differences = diff(&before, &after);
        prop_assert_eq!(differences.is_empty(), before.fingerprint().ordered == after.fingerprint().ordered);
        let beyond_order = differences.iter().any(|one| !matches!(one.change, Change::ColumnOrder { .. }));
        prop_assert_eq!(!beyond_order, before.fingerprint().schema == after.fingerprint().schema);
        prop_assert_eq!(differences.is_empty(), before == after);
    }

    #[test]
    fn a_difference_mirrors(before in tables(), after in tables()) {
        let (before, after) = (snapshot(&before), snapshot(&after));
        let count = |differences: &[_], wanted: fn(&Change) -> bool| {
            differences.iter().filter(|one: &&groundline_catalog::Difference| wanted(&one.change)).count()
        };
        let (there, back) = (diff(&before, &after), diff(&after, &before));
        prop_assert_eq!(there.len(), back.len());
        prop_assert_eq!(
            count(&there, |change| *change == Change::Added),
            count(&back, |change| *change == Change::Removed)
        );
    }

    #[test]
    fn a_file_gives_the_snapshot_back(tables in tables()) {
        let snapshot = snapshot(&tables);
        let text = serde_json::to_string(&snapshot).unwrap();
        let read: Snapshot = serde_json::from_str(&text).unwrap();
        let lines: serde_json::Value = serde_json::from_str(&snapshot.to_lines().unwrap()).unwrap();
        prop_assert_eq!(lines, serde_json::to_value(&snapshot).unwrap());
        prop_assert_eq!(read.fingerprint(), snapshot.fingerprint());
        prop_assert!(diff(&read, &snapshot).is_empty());
    }
}

#[test]
fn parents_speak_for_their_children() {
    let one = [("x".to_owned(), vec![("a".to_owned(), "text".to_owned())])];
    let differences = diff(&snapshot(&[]), &snapshot(&one));
    let shown: Vec<_> = differences.iter().map(|one| one.object.to_string()).collect();
    assert_eq!(shown, ["table public.x"]);
}

#[test]
fn a_parent_that_is_on_no_side_speaks_for_nobody() {
    let mut with_grant = snapshot(&[]);
    let language = ObjectId::new(ObjectKind::Language, "plpgsql");
    let grant = ObjectId::new(ObjectKind::Grant, "language plpgsql to PUBLIC");
    let object = Object::new(BTreeMap::new(), None).of_parent(Some(language));
    with_grant.objects.insert(grant.clone(), Arc::new(object));
    let differences = diff(&snapshot(&[]), &with_grant);
    assert_eq!(differences.iter().map(|one| &one.object).collect::<Vec<_>>(), [&grant]);
}

#[test]
fn an_order_is_shown_of_common_columns_only() {
    let column = |name: &str| (name.to_owned(), "text".to_owned());
    let before = [("x".to_owned(), vec![column("a"), column("b"), column("c")])];
    let after = [("x".to_owned(), vec![column("b"), column("d"), column("a")])];
    let differences = diff(&snapshot(&before), &snapshot(&after));
    let order = Change::ColumnOrder {
        before: vec!["a".to_owned(), "b".to_owned()],
        after: vec!["b".to_owned(), "a".to_owned()],
    };
    assert_eq!(differences[0].change, order);
    assert_eq!(differences.len(), 3, "{differences:?}");
}

#[test]
fn a_file_with_an_object_twice_is_refused() {
    let record = r#"{"kind":"table","identity":"public.x","properties":{}}"#;
    let text = format!(r#"{{"normal_form":{NORMAL_FORM},"server":150018,"objects":[{record},{record}]}}"#);
    let error = serde_json::from_str::<Snapshot>(&text).unwrap_err().to_string();
    assert!(error.contains("table public.x is there twice"), "{error}");
}
