//! A page of the reference that is made from the code's registries. Called by the tests that keep such pages true.

use std::path::Path;

/// Compares a page of `docs/reference` with what it is made of; with `GROUNDLINE_UPDATE=1` writes it.
pub fn keep(name: &str, made: &str) {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference")).join(name);
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
        std::fs::write(&path, made).expect("the page is written");
    }
    let written = std::fs::read_to_string(&path).expect("the page is there");
    let stale = made.lines().zip(written.lines()).find(|(made, written)| made != written);
    assert_eq!(stale, None, "{name} is not what the code says: GROUNDLINE_UPDATE=1 writes it anew");
    assert_eq!(
        made.len(),
        written.len(),
        "{name} has lines too many or too few: GROUNDLINE_UPDATE=1 writes it anew"
    );
}
