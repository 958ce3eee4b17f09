//! `pg_dump` as the judge of the catalog. Called by the tests.

use crate::support::{Database, program};
use tokio::process::Command;

/// The schema as `pg_dump` prints it, its entries sorted, without what is new in every dump; none where there is no
/// `pg_dump`.
pub async fn dump(database: &Database) -> Option<String> {
    let mut command = Command::from(program("pg_dump", database)?);
    let output = command.args(["--schema-only", "--create"]).output().await.expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("a dump in UTF-8");
    let is_old = |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    let text = text.lines().filter(is_old).collect::<Vec<_>>().join("\n").replace(&database.name, "database");
    let mut entries: Vec<String> = text.split("\n--\n-- Name: ").map(entry).collect();
    entries.sort();
    Some(entries.join("\n"))
}

/// One entry, without the settings that belong to its place among the others. The order in which privileges were
/// granted says nothing: `pg_dump` prints them in it.
fn entry(text: &str) -> String {
    let is_own = |line: &&str| !line.is_empty() && !line.starts_with("SET default_");
    let mut lines: Vec<&str> = text.lines().filter(is_own).collect();
    if text.lines().next().is_some_and(|name| name.contains("; Type: ACL") || name.contains("DEFAULT ACL")) {
        lines.sort_unstable();
    }
    lines.join("\n")
}

/// What two dumps print differently, for people.
pub fn changes(before: &str, after: &str) -> String {
    let only = |of: &str, than: &str, mark: &str| -> Vec<String> {
        let than: std::collections::BTreeSet<&str> = than.lines().collect();
        of.lines().filter(|line| !than.contains(line)).map(|line| format!("{mark} {line}")).collect()
    };
    [only(before, after, "-"), only(after, before, "+")].concat().join("\n    ")
}
