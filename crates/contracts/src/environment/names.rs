//! Which variables are about a database, by their names, and which part of its address they say.
//! Out: finding them (`reads`), their values (`values`).

use regex::Regex;
use std::sync::LazyLock;

/// What a variable says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// All of it.
    Url,
    Host,
    Port,
    Database,
    User,
    Password,
}

/// Endings, and what they say. Longer ones first.
const ENDINGS: &[(&str, Part)] = &[
    ("CONNECTION_STRING", Part::Url),
    ("CONNECTIONSTRING", Part::Url),
    ("DBSTRING", Part::Url),
    ("HOSTNAME", Part::Host),
    ("USERNAME", Part::User),
    ("PASSWORD", Part::Password),
    ("DATABASE", Part::Database),
    ("DB_NAME", Part::Database),
    ("DBNAME", Part::Database),
    ("SERVER", Part::Host),
    ("HOST", Part::Host),
    ("PORT", Part::Port),
    ("NAME", Part::Database),
    ("USER", Part::User),
    ("PASS", Part::Password),
    ("URL", Part::Url),
    ("URI", Part::Url),
    ("DSN", Part::Url),
    ("PWD", Part::Password),
    ("DB", Part::Database),
];

#[expect(clippy::unwrap_used, reason = "a pattern of ours, compiled by every test")]
static ABOUT_A_DATABASE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|_)(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|PSQL|SQLALCHEMY|DATASOURCE|JDBC|FLYWAY|GOOSE)(?:_|[A-Z]*$)|CONNECTIONSTRINGS__|^PG(?:HOST|PORT|USER|DATABASE|PASSWORD)$").unwrap()
});

/// Tools that are databases of another kind.
const OTHER: &[&str] = &[
    "REDIS",
    "MONGO",
    "MYSQL",
    "MARIADB",
    "SQLITE",
    "CLICKHOUSE",
    "ELASTIC",
    "NEO4J",
    "RABBIT",
    "TEST_",
    "_TEST",
    "SHADOW",
    "PGADMIN",
    "PGBOUNCER",
    "REPLICA",
    "READONLY",
];

/// Which part of a database's address a variable of this name says, if it is about one. Variables of tests, replicas and of
/// other kinds of databases are not.
pub(super) fn part(name: &str) -> Option<Part> {
    let upper = name.to_ascii_uppercase();
    if !ABOUT_A_DATABASE.is_match(&upper) || OTHER.iter().any(|other| upper.contains(other)) {
        return None;
    }
    if upper.starts_with("CONNECTIONSTRINGS__") {
        return Some(Part::Url);
    }
    ENDINGS.iter().find(|(end, _)| upper.ends_with(end)).map(|(_, part)| *part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_part() {
        let cases = [
            ("DATABASE_URL", Some(Part::Url)),
            ("POSTGRES_DB", Some(Part::Database)),
            ("POSTGRES_USER", Some(Part::User)),
            ("PGPASSWORD", Some(Part::Password)),
            ("DB_NAME", Some(Part::Database)),
            ("SQLALCHEMY_DATABASE_URI", Some(Part::Url)),
            ("SPRING_DATASOURCE_URL", Some(Part::Url)),
            ("ConnectionStrings__Default", Some(Part::Url)),
            ("REDIS_URL", None),
            ("TEST_DATABASE_URL", None),
            ("PORT", None),
            ("DB_POOL_SIZE", None),
        ];
        for (name, expected) in cases {
            assert_eq!(part(name), expected, "{name}");
        }
    }
}
