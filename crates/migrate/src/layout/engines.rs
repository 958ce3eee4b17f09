//! What a path says about the migrations in it: another database engine's, a test's, an example's.
//! Out: what is done with them (`discover`).
//! Called by discovery.

use std::path::Path;

/// Words in folder names that name another engine.
const ENGINES: [&str; 26] = [
    "mysql",
    "mariadb",
    "sqlite",
    "sqlite3",
    "rusqlite",
    "libsql",
    "turso",
    "hiqlite",
    "mssql",
    "sqlserver",
    "oracle",
    "db2",
    "h2",
    "hsqldb",
    "derby",
    "clickhouse",
    "cockroach",
    "cockroachdb",
    "crdb",
    "spanner",
    "cassandra",
    "scylla",
    "snowflake",
    "bigquery",
    "duckdb",
    "tidb",
];

/// Words that name PostgreSQL.
const POSTGRES: [&str; 5] = ["postgres", "postgresql", "pg", "pgsql", "psql"];

/// Folders of tests.
const TESTS: [&str; 16] = [
    "test",
    "tests",
    "testdata",
    "test_data",
    "test-data",
    "testing",
    "__tests__",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "testfixtures",
    "test-fixtures",
    "__fixtures__",
    "e2e",
    "mocks",
];

/// Folders of examples.
const EXAMPLES: [&str; 11] = [
    "example",
    "examples",
    "demo",
    "demos",
    "sample",
    "samples",
    "doc",
    "docs",
    "template",
    "templates",
    "benches",
];

/// The other engine that the path names; the last word about an engine counts.
pub fn other(path: &Path) -> Option<String> {
    let lower = path.to_string_lossy().to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let engine = words.rev().find(|word| ENGINES.contains(word) || POSTGRES.contains(word))?;
    ENGINES.contains(&engine).then(|| engine.to_owned())
}

/// Why migrations below this path are not the application's own, as far as the path tells.
pub fn aside(path: &Path) -> Option<&'static str> {
    let is_in = |folders: &[&str]| {
        path.components().any(|part| {
            let part = part.as_os_str().to_string_lossy().to_ascii_lowercase();
            folders.contains(&part.as_str())
        })
    };
    if is_in(&TESTS) {
        Some("it is in a folder of tests")
    } else if is_in(&EXAMPLES) {
        Some("it is in a folder of examples")
    } else {
        None
    }
}
