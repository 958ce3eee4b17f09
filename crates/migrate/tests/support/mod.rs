//! Holding what a case makes against its file. Called by the tests that run folders of cases.

use std::path::Path;

/// Whether a case's outcome is what its file says; `BLESS=1` writes the file anew.
pub fn assert_expected(expected: &Path, actual: &str) -> datatest_stable::Result<()> {
    if is_blessing() {
        std::fs::write(expected, actual)?;
    }
    let wanted = std::fs::read_to_string(expected)?;
    match actual == wanted {
        true => Ok(()),
        false => Err(format!("--- expected\n{wanted}\n--- actual\n{actual}").into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's own switch, not an input of the program")]
fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}
