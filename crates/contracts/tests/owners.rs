//! Each pattern of the registry against its folder: `owners/<id>/bad` is found and told as this pattern, in
//! `owners/<id>/good` nothing is.

use groundline_contracts::owners::{self, PATTERNS};
use groundline_contracts::source_files;
use std::path::Path;

#[test]
fn each_pattern_finds_what_it_is_for_and_nothing_else() {
    let mut wrong = Vec::new();
    for pattern in PATTERNS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/owners").join(pattern.id);
        let bad = source_files(&folder.join("bad")).unwrap();
        assert!(!bad.is_empty(), "{} has no fixture", pattern.id);
        for file in bad {
            let found = owners::find(std::slice::from_ref(&file), None);
            if found.is_empty() || found.iter().any(|owner| owner.pattern != pattern.id || owner.is_test) {
                wrong.push(format!("{}/bad/{}: {found:#?}", pattern.id, file.path.display()));
            }
        }
        for file in source_files(&folder.join("good")).unwrap() {
            let found = owners::find(std::slice::from_ref(&file), None);
            if !found.is_empty() {
                wrong.push(format!("{}/good/{}: {found:#?}", pattern.id, file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_folder_is_without_its_pattern() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/owners");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(PATTERNS.iter().any(|pattern| name == pattern.id), "{name:?}");
    }
}
