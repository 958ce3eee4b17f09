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

/// Words in folder names that name tests.
const TESTS: [&str; 12] = [
    "test",
    "tests",
    "testdata",
    "testing",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "testfixtures",
    "e2e",
    "mock",
    "mocks",
];

/// Words in folder names that name examples.
const EXAMPLES: [&str; 13] = [
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
    "bench",
    "benches",
    "benchmarks",
];

/// The other engine that the path names; the last word about an engine counts.
pub fn other(path: &Path) -> Option<String> {
    let words = words(path);
    let is_engine = |word: &&String| {
        let word = word.as_str();
        ENGINES.contains(&word) || POSTGRES.contains(&word)
    };
    let engine = words.iter().rev().find(is_engine)?;
    ENGINES.contains(&engine.as_str()).then(|| engine.clone())
}

/// Why migrations below this path are not the application's own, as far as the path tells.
pub fn aside(path: &Path) -> Option<&'static str> {
    let words = words(path);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if has(&TESTS) {
        Some("its path names tests")
    } else if has(&EXAMPLES) {
        Some("its path names examples")
    } else {
        None
    }
}

fn words(path: &Path) -> Vec<String> {
    let lower = path.to_string_lossy().to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_engine_in_a_path_counts() {
        let engine = |path: &str| other(Path::new(path));
        assert_eq!(engine("jdbc-mysql/src/main/resources/migrations/mysql").as_deref(), Some("mysql"));
        assert_eq!(engine("crates/server-sqlite/migrations").as_deref(), Some("sqlite"));
        assert_eq!(engine("sqlite-to-pg/migrations/postgres"), None);
        assert_eq!(engine("db/migrations"), None);
    }

    #[test]
    fn whole_words_name_tests_and_examples() {
        assert!(aside(Path::new("src/test/resources/db/migration")).is_some());
        assert!(aside(Path::new("crates/sync/test_old_migrations")).is_some());
        assert!(aside(Path::new("examples/shop/migrations")).is_some());
        assert_eq!(aside(Path::new("latest/contest/migrations")), None);
    }
}
