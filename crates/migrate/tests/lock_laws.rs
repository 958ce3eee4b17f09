//! What holds for every lock: its text comes back the same, no changed byte of a revision stays unseen, and no
//! garbled file makes a panic. These are the functions of the fuzz targets, too. Out: particular findings (`lock`).

use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::ServerVersion;
use groundline_migrate::layout;
use groundline_migrate::lock::{
    LOCK_FILE, Lock, LockFile, LockFindingKind, LockSeverity, SCHEMA_FILE, parse_schema, schema_text, verify,
    verify_schemas, verify_scope,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::path::Path;

const SCRIPTS: &[&str] = &[
    "CREATE TABLE a (id bigint, name text DEFAULT 'x -- y');\n",
    "-- a comment; it's\nDROP TABLE IF EXISTS a;\r\n",
    "/* ; */ SELECT 1;\n\n\nSELECT E'\\';', $a$ -- $a$;\n",
    "COPY a FROM stdin;\n1\tx\n\\.\n",
    "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON a (id);\n",
    "SELECT 'größe', \"名\" FROM a;\n",
];

/// A folder of sqlx's layout: revision `n` has the texts at `n`.
fn folder(revisions: &[(String, Option<String>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (at, (up, down)) in revisions.iter().enumerate() {
        let write = |direction: &str, text: &str| {
            std::fs::write(folder.path().join(format!("{}_r.{direction}.sql", at + 1)), text)
                .expect("a file");
        };
        write("up", up);
        if let Some(down) = down {
            write("down", down);
        }
    }
    folder
}

fn script() -> impl Strategy<Value = String> {
    vec(select(SCRIPTS), 1..4).prop_map(|parts| parts.concat())
}

fn revisions() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
    vec((script(), proptest::option::of(script())), 1..4)
}

fn schema() -> impl Strategy<Value = Snapshot> {
    let properties = btree_map("[a-z ]{1,8}", any::<String>(), 0..3);
    let object = (select(ObjectKind::ALL), any::<String>(), properties, proptest::option::of(1_u32..9));
    vec(object, 0..6).prop_map(|objects| {
        let mut schema = Snapshot::empty(ServerVersion::from_num(15_00_18));
        for (kind, identity, properties, order) in objects {
            let parent = order.map(|_| ObjectId::new(ObjectKind::Table, "public.\"t\n\""));
            let properties =
                properties.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
            let object = Object::new(properties, order).of_parent(parent);
            schema.objects.insert(ObjectId::new(kind, identity), object.into());
        }
        schema
    })
}

fn parse(text: &str) -> Result<LockFile, groundline_core::Fault> {
    LockFile::parse(Path::new(LOCK_FILE), text)
}

fn lock_of(revisions: &[(String, Option<String>)], schemas: &[Snapshot]) -> Lock {
    let folder = folder(revisions);
    let mut lock = Lock::of(&layout::read(folder.path(), Some("sqlx")).expect("it reads"));
    if let Some((empty, schemas)) = schemas.split_first() {
        lock.measured(empty, schemas);
        lock.schema_major = Some(empty.server.major());
    }
    lock
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_lock_comes_back_from_its_text(
        revisions in revisions(),
        schemas in vec(schema(), 0..4),
        name in any::<String>(),
        scope in prop_oneof![Just("schema".to_owned()), any::<String>()],
    ) {
        let mut lock = lock_of(&revisions, &schemas);
        (lock.revisions[0].name, lock.scope) = (name, scope);
        let text = lock.to_text();
        let read = parse(&text);
        prop_assert!(read.is_ok(), "{read:?}\n{text}");
        let read = read.expect("it reads").lock;
        prop_assert_eq!(&read, &lock);
        prop_assert_eq!(read.to_text(), text);
    }

    #[test]
    fn no_changed_byte_stays_unseen(
        revisions in revisions(),
        which in any::<Index>(),
        at in any::<Index>(),
        byte in any::<u8>(),
    ) {
        let folder = folder(&revisions);
        let history = layout::read(folder.path(), Some("sqlx")).expect("it reads");
        let file = parse(&Lock::of(&history).to_text()).expect("it reads");
        prop_assert_eq!(verify(&file, &history), vec![]);
        let paths: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|one| one.path()).collect();
        let path = &paths[which.index(paths.len())];
        let mut bytes = std::fs::read(path).expect("a file");
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        std::fs::write(path, bytes).expect("a file");
        if let Ok(history) = layout::read(folder.path(), Some("sqlx")) {
            prop_assert!(!verify(&file, &history).is_empty());
        }
    }

    #[test]
    fn a_changed_line_end_is_not_seen(revisions in revisions()) {
        let history = layout::read(folder(&revisions).path(), Some("sqlx")).expect("it reads");
        let file = parse(&Lock::of(&history).to_text()).expect("it reads");
        // sqlx does not see its mark after a byte order mark: that is an edit (case `byte-order-mark-hides-mark`).
        let bom = |text: &str| if text.starts_with("-- no-transaction") { "" } else { "\u{feff}" };
        let with_crlf =
            |text: &String| format!("{}{}", bom(text), text.replace("\r\n", "\n").replace('\n', "\r\n"));
        let other: Vec<_> = revisions.iter().map(|(up, down)| (with_crlf(up), down.as_ref().map(with_crlf))).collect();
        let other = layout::read(folder(&other).path(), Some("sqlx")).expect("it reads");
        prop_assert_eq!(verify(&file, &other), vec![]);
    }

    #[test]
    fn a_garbled_lock_is_a_fault_or_another_lock(
        revisions in revisions(),
        schemas in vec(schema(), 0..3),
        cut in any::<Index>(),
        junk in any::<String>(),
    ) {
        let text = lock_of(&revisions, &schemas).to_text();
        let mut at = cut.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let (before, after) = text.split_at(at);
        for garbled in [before.to_owned(), format!("{before}{junk}{after}"), format!("{before}{junk}"), junk.clone()] {
            match parse(&garbled) {
                Ok(read) => prop_assert_eq!(parse(&read.lock.to_text()).expect("it reads").lock, read.lock),
                Err(fault) => prop_assert!(fault.place.is_some() && fault.why.is_some(), "{fault:?}"),
            }
        }
    }

    #[test]
    fn a_schema_comes_back_from_its_text_and_garbled_text_is_a_fault(
        schema in schema(),
        cut in any::<Index>(),
        junk in any::<String>(),
    ) {
        let text = schema_text(&schema).expect("it can be written");
        let read = parse_schema(Path::new(SCHEMA_FILE), &text).expect("it reads");
        prop_assert_eq!(&read, &schema);
        prop_assert_eq!(read.fingerprint(), schema.fingerprint());
        prop_assert_eq!(schema_text(&read).expect("it can be written"), text.clone());
        let mut at = cut.index(text.len() - 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        prop_assert!(parse_schema(Path::new(SCHEMA_FILE), &text[..at]).is_err());
        let _ = parse_schema(Path::new(SCHEMA_FILE), &format!("{}{junk}{}", &text[..at], &text[at..]));
    }
}

/// What was measured on another major stays up to the first revision that changed, and no further.
#[test]
fn other_majors_are_kept_up_to_the_first_change() {
    let text = |up: &str| (up.to_owned(), None);
    let on = |num| Snapshot::empty(ServerVersion::from_num(num));
    let (on_15, on_16) = (on(15_00_18), on(16_00_04));
    let old = lock_of(&["SELECT 1;", "SELECT 2;", "SELECT 3;"].map(text), &vec![on_15.clone(); 4]);
    let mut new = lock_of(&["SELECT 1; -- one", "SELECT 0;", "SELECT 3;"].map(text), &[]);
    new.carry_over(&old);
    new.measured(&on_16, [&on_16, &on_16, &on_16]);
    let known = |schema: &Snapshot| -> Vec<bool> {
        let yields = new.revisions.iter().map(|locked| &locked.yields).chain([&new.empty]);
        yields.map(|yields| yields.on(schema.server.major()) == Some(schema.fingerprint())).collect()
    };
    assert_eq!((known(&on_15), known(&on_16)), (vec![true, false, false, true], vec![true; 4]));
}

/// Fingerprints of another scope say nothing: they are neither compared nor kept.
#[test]
fn a_lock_is_of_one_scope() {
    let on = |num| Snapshot::empty(ServerVersion::from_num(num));
    let (on_15, narrow) =
        (on(15_00_18), Snapshot { scope: "schema+0f3a5c719d22".to_owned(), ..on(16_00_04) });
    let folder = folder(&[("SELECT 1;".to_owned(), None)]);
    let history = layout::read(folder.path(), Some("sqlx")).expect("it reads");
    let mut old = Lock::of(&history);
    old.measured(&on_15, [&on_15]);
    assert!(!old.to_text().contains("scope"), "the default scope is not written");
    let file = parse(&old.to_text()).expect("it reads");
    assert_eq!(verify_schemas(&file, &history, &on_15, [&on_15]), vec![]);
    let found = verify_schemas(&file, &history, &narrow, [&narrow]);
    assert_eq!(found, Vec::from_iter(verify_scope(&file, &narrow.scope)));
    assert_eq!((found[0].kind, found[0].severity), (LockFindingKind::OtherScope, LockSeverity::Behind));
    assert_eq!(
        found[0].why.as_deref(),
        Some("measured in the scope schema, and wanted is schema+0f3a5c719d22")
    );

    let mut new = Lock::of(&history);
    new.carry_over(&old);
    new.measured(&narrow, [&narrow]);
    let major = |schema: &Snapshot| schema.server.major();
    let yields = &new.revisions[0].yields;
    assert_eq!((yields.on(major(&on_15)), yields.on(major(&narrow))), (None, Some(narrow.fingerprint())));
    assert_eq!((new.empty.on(major(&on_15)), new.scope.as_str()), (None, narrow.scope.as_str()));
    assert_eq!(parse(&new.to_text()).expect("it reads").lock, new);
}

/// The lock answers for a revision only where all files up to it are as they were locked.
#[test]
fn a_fingerprint_is_told_up_to_the_first_edit() {
    let server = Snapshot::empty(ServerVersion::from_num(15_00_18));
    let (major, known) = (server.server.major(), server.fingerprint());
    let text = |up: &str| (up.to_owned(), None);
    let lock = lock_of(&["SELECT 1;", "SELECT 2;", "SELECT 3;"].map(text), &vec![server; 4]);
    let after = |ups: &[&str]| {
        let folder = folder(&ups.iter().map(|up| text(up)).collect::<Vec<_>>());
        let history = layout::read(folder.path(), Some("sqlx")).expect("it reads");
        (0..=ups.len())
            .map(|count| lock.fingerprint_after(&Lock::of(&history), count, major))
            .collect::<Vec<_>>()
    };
    let yes = Some(known);
    assert_eq!(
        after(&["SELECT 1; -- one", "SELECT 2;", "SELECT 3;", "SELECT 4;"]),
        [yes, yes, yes, yes, None]
    );
    assert_eq!(after(&["SELECT 1;", "SELECT 0;", "SELECT 3;"]), [yes, yes, None, None]);
}

/// Every kind that files alone can show has a case in `tests/lock`, which says its severity.
#[test]
fn every_kind_has_a_case() {
    let mut all = String::new();
    for case in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lock")).unwrap().flatten()
    {
        all.push_str(&std::fs::read_to_string(case.path().join("expected.txt")).unwrap_or_default());
    }
    use LockFindingKind::{OtherSchema, OtherScope, SchemaFile, UnsteadySchema};
    let measured = [OtherSchema, OtherScope, UnsteadySchema, SchemaFile];
    for kind in LockFindingKind::ALL.iter().filter(|kind| !measured.contains(kind)) {
        let begin = format!("{} {:?}: ", kind.word(), kind.severity());
        assert!(all.lines().any(|line| line.starts_with(&begin)), "no case finds {begin}");
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
    }
}

/// The lock and the schema beside it are no revisions, whatever the layout.
#[test]
fn no_layout_reads_the_lock_as_a_revision() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layouts");
    let mut read = 0;
    for case in std::fs::read_dir(cases).unwrap().flatten() {
        let from = case.path().join("project/migrations");
        if from.join(LOCK_FILE).exists() {
            continue;
        }
        for layout in layout::all() {
            let Ok(before) = layout::read(&from, Some(layout.id())) else { continue };
            let place = tempfile::tempdir().unwrap();
            let folder = place.path().join("migrations");
            copy(&from, &folder);
            std::fs::write(folder.join(LOCK_FILE), Lock::of(&before).to_text()).unwrap();
            std::fs::write(folder.join(SCHEMA_FILE), "{}").unwrap();
            let after = layout::read(&folder, Some(layout.id())).unwrap();
            assert_eq!(Lock::of(&after), Lock::of(&before));
            let said = |history: &groundline_migrate::history::History| {
                history.notes.iter().map(|note| (note.what.clone(), note.why.clone())).collect::<Vec<_>>()
            };
            assert_eq!(said(&after), said(&before), "{}", from.display());
            let file = LockFile::load(&folder).unwrap().expect("it is there");
            let findings = verify(&file, &after);
            assert!(findings.iter().all(|one| one.severity == LockSeverity::Told), "{findings:?}");
            read += 1;
        }
    }
    assert!(read > 30, "{read}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the case can be copied");
    for entry in std::fs::read_dir(from).expect("the case can be copied").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("the case can be copied")),
        }
    }
}
