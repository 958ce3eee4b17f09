//! Discovery in checkouts that cannot be case folders, since git or Cargo would not keep them: ignored files,
//! folders of dependencies, a checkout of thousands of files; and what the registry says of itself.
//! Out: what each layout reads (`layouts`).

use groundline_migrate::layout;
use std::collections::BTreeSet;
use std::path::Path;

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder can be made");
    std::fs::write(path, text).expect("a file can be written");
}

const UP: &str = "create table a (id bigint);\n";

#[test]
fn passes_over_what_is_no_part_of_the_checkout() {
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    write(root, ".gitignore", "/build\n");
    for folder in ["build", "node_modules/x", "vendor/y", "target/debug", ".groundline/z", ".git/w"] {
        write(root, &format!("{folder}/migrations/1_a.up.sql"), UP);
    }
    let fault = layout::discover(root).unwrap_err();
    assert_eq!(fault.what, "no migrations found");
    write(root, "db/migrations/1_a.up.sql", UP);
    let found = layout::discover(root).unwrap();
    assert_eq!(found.candidate.folder, Path::new("db/migrations"));
    assert!(found.left_out.is_empty());
}

#[test]
fn a_gitignore_above_the_checkout_does_not_count() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), ".gitignore", "*.sql\n");
    write(place.path(), "checkout/migrations/1_a.up.sql", UP);
    assert!(layout::discover(&place.path().join("checkout")).is_ok());
    std::fs::create_dir(place.path().join(".git")).unwrap();
    assert!(layout::discover(&place.path().join("checkout")).is_err(), "it is a part of a repository now");
}

#[test]
fn finds_one_folder_among_many() {
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    for folder in 0..100 {
        for file in 0..30 {
            write(root, &format!("src/{folder}/{file}.rs"), "");
        }
        write(root, &format!("queries/{folder}/find.sql"), "select 1;\n");
    }
    write(root, "services/shop/migrations/1_a.up.sql", UP);
    let found = layout::discover(root).unwrap();
    assert_eq!(found.folder, root.join("services/shop/migrations"));
}

#[test]
fn what_was_left_out_is_told_with_the_history() {
    let project = tempfile::tempdir().unwrap();
    write(project.path(), "pg/migrations/1_a.up.sql", UP);
    write(project.path(), "mysql/migrations/1_a.up.sql", UP);
    let found = layout::discover(project.path()).unwrap();
    let history = found.read(None).unwrap();
    assert!(history.notes.iter().any(|note| note.why.as_deref() == Some("its path names mysql")));
    let named = found.read(Some("golang-migrate")).unwrap();
    assert_eq!((named.layout, named.alternatives.len()), ("golang-migrate", 0));
}

#[test]
fn every_layout_says_all_of_itself() {
    let mut ids = BTreeSet::new();
    for layout in layout::all() {
        let facts = layout.facts();
        let said =
            [facts.title, facts.files, facts.order, facts.outside, facts.downs, facts.table, facts.source];
        assert!(said.iter().all(|text| !text.trim().is_empty() && !text.contains('\n')), "{}", facts.id);
        assert!(ids.insert(facts.id), "{} occurs twice", facts.id);
        assert!(layout::by_id(facts.id).is_ok_and(|found| found.id() == facts.id));
    }
}
