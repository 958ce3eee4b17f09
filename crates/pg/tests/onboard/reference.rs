//! The page of histories is what the registries say.

use crate::page;

#[test]
fn the_page_is_true() {
    page::keep("histories.md", &groundline_pg::dialect::reference());
}
