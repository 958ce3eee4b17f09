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
    let mut place = Place::default();
    let mut entries: Vec<String> =
        text.split("\n--\n-- Name: ").map(|text| entry(text, &mut place)).collect();
    entries.sort();
    Some(entries.join("\n"))
}

/// Where the next entry is put: `pg_dump` says it once for all entries that follow.
#[derive(Default)]
struct Place<'d> {
    tablespace: &'d str,
    access_method: &'d str,
}

/// One entry, by itself: with the settings that were made for it. The order in which privileges were granted says
/// nothing: `pg_dump` prints them in it.
fn entry<'d>(text: &'d str, place: &mut Place<'d>) -> String {
    let (settings, mut lines): (Vec<&str>, Vec<&str>) =
        text.lines().filter(|line| !line.is_empty()).partition(|line| line.starts_with("SET default_"));
    let name = lines.first().copied().unwrap_or_default();
    let is_of = |types: &[&str]| types.iter().any(|of| name.contains(&format!("; Type: {of};")));
    if is_of(&["ACL", "DEFAULT ACL"]) {
        lines.sort_unstable();
    }
    if is_of(&["TABLE", "MATERIALIZED VIEW", "INDEX", "CONSTRAINT"]) {
        lines.push(place.tablespace);
    }
    if is_of(&["TABLE", "MATERIALIZED VIEW"]) {
        lines.push(place.access_method);
    }
    for setting in settings {
        match setting.starts_with("SET default_tablespace") {
            true => place.tablespace = setting,
            false => place.access_method = setting,
        }
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
