//! The page of rules is what the registry says. `GROUNDLINE_UPDATE=1` writes it.

use std::path::Path;

#[test]
fn the_page_of_rules_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/rules.md");
    let page = groundline_evidence::rules_page();
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/reference/rules.md is not what the rules say: GROUNDLINE_UPDATE=1 writes it");
}
