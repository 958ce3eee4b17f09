//! Decides what to do with statements that belong to the cluster, and with errors that are no reason to stop:
//! the rules, as functions of a statement's words and of the server's answer.
//! Out: talking to the server (`session`). Called by the session.

use tokio_postgres::error::{DbError, SqlState};

/// What to do about a statement before or after it ran.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Leave it out; the text goes into the notes, once.
    Skip(&'static str),
    /// Create this role and try again.
    CreateRole(String),
    /// An extension that the server does not have.
    NoExtension,
    /// Stop.
    Fail,
}

/// Why a statement is not even tried: it is about the cluster, or about another database.
pub(super) fn outside_of_database(words: &[String]) -> Option<&'static str> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE" | "DROP", "DATABASE", ..] => {
            Some("the snapshot creates its own database; the shadow's is used")
        }
        ["ALTER", "DATABASE", ..]
        | ["COMMENT", "ON", "DATABASE", ..]
        | ["SECURITY", "LABEL", "ON", "DATABASE", ..] => {
            Some("owner, settings and comment of the database itself are left out")
        }
        ["CREATE" | "ALTER" | "DROP", "ROLE" | "GROUP", ..] | ["COMMENT", "ON", "ROLE", ..] => Some(ROLES),
        ["CREATE" | "ALTER" | "DROP", "USER", second, ..] if *second != "MAPPING" => Some(ROLES),
        // A quoted name is not among the words.
        ["CREATE" | "ALTER" | "DROP", "USER"] => Some(ROLES),
        ["CREATE" | "ALTER" | "DROP" | "COMMENT", "TABLESPACE", ..] => Some("tablespaces are left out"),
        ["GRANT" | "REVOKE", rest @ ..] if on_database(rest) => {
            Some("privileges on the database itself are left out")
        }
        _ => None,
    }
}

const ROLES: &str =
    "definitions of roles are left out; roles that the schema names are created without login";

fn on_database(words: &[&str]) -> bool {
    words.windows(2).any(|pair| matches!(pair, ["ON", "DATABASE" | "TABLESPACE"]))
}

/// What to do about an error.
pub(super) fn after_error(words: &[String], text: &str, error: &DbError) -> Step {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let code = error.code();
    if let Some(role) = missing_role(error) {
        return Step::CreateRole(role);
    }
    let is_setting = word(0) == "SET" && !matches!(word(1), "SESSION" | "ROLE" | "LOCAL" | "TRANSACTION");
    if is_setting && [SqlState::UNDEFINED_OBJECT, SqlState::INVALID_PARAMETER_VALUE].contains(code) {
        return Step::Skip("settings that this server does not have, or not with that value, are left out");
    }
    if word(0) == "CREATE" && word(1) == "EXTENSION" {
        return Step::NoExtension;
    }
    if word(0) == "CREATE"
        && word(1) == "SCHEMA"
        && word(2) == "PUBLIC"
        && *code == SqlState::DUPLICATE_SCHEMA
    {
        return Step::Skip("the schema public exists in every new database");
    }
    if drops(words, text) && names_nothing(code) {
        return Step::Skip("drops of what is not there yet (`pg_dump --clean`) are left out");
    }
    Step::Fail
}

/// The role of `role "x" does not exist`. Source: `src/backend/utils/adt/acl.c` (SQLSTATE 42704) and
/// `src/backend/commands/variable.c` (22023, for SET ROLE). Messages are in English, as the session asks for.
fn missing_role(error: &DbError) -> Option<String> {
    if ![SqlState::UNDEFINED_OBJECT, SqlState::INVALID_PARAMETER_VALUE].contains(error.code()) {
        return None;
    }
    let name = error.message().strip_prefix("role \"")?.strip_suffix("\" does not exist")?;
    Some(name.to_owned())
}

fn drops(words: &[String], text: &str) -> bool {
    match words.first().map(String::as_str) {
        Some("DROP") => true,
        Some("SELECT") => words.get(2).is_some_and(|word| word == "LO_UNLINK"),
        Some("ALTER") => {
            text.contains(" DROP ") || text.contains(" DISABLE ") || text.contains("DETACH PARTITION")
        }
        _ => false,
    }
}

fn names_nothing(code: &SqlState) -> bool {
    [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::UNDEFINED_COLUMN,
        SqlState::INVALID_SCHEMA_NAME,
    ]
    .contains(code)
}

/// The database that a `\connect` names: its first argument, or the `dbname` of a connection string.
/// Source: `appendPsqlMetaConnect` in `src/fe_utils/string_utils.c`.
pub(super) fn connect_target(arguments: &str) -> String {
    let mut rest = arguments.trim_start();
    if rest.starts_with("-reuse-previous") {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    }
    let argument = match rest.strip_prefix('"') {
        Some(quoted) => until_quote(quoted, '"', '"'),
        None => rest.split([' ', '\t', ';']).next().unwrap_or_default().to_owned(),
    };
    match argument.split_once("dbname=") {
        Some((_, value)) => match value.strip_prefix('\'') {
            Some(quoted) => until_quote(quoted, '\'', '\\'),
            None => value.split(' ').next().unwrap_or_default().to_owned(),
        },
        None => argument,
    }
}

/// The text up to a quote; `escape` takes the character after it as it is.
pub(super) fn until_quote(text: &str, quote: char, escape: char) -> String {
    let mut unquoted = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            c if c == escape && (escape != quote || characters.peek() == Some(&quote)) => {
                unquoted.extend(characters.next());
            }
            c if c == quote => break,
            c => unquoted.push(c),
        }
    }
    unquoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(statement: &str) -> bool {
        let words: Vec<String> = statement.split_whitespace().map(str::to_uppercase).collect();
        outside_of_database(&words).is_some()
    }

    #[test]
    fn leaves_out_what_is_not_of_the_database() {
        let outside = [
            "CREATE DATABASE shop WITH TEMPLATE = template0",
            "ALTER DATABASE shop OWNER TO x",
            "CREATE ROLE app",
            "ALTER USER app WITH PASSWORD",
            "REVOKE CONNECT,TEMPORARY ON DATABASE shop FROM PUBLIC",
        ];
        let inside = [
            "CREATE USER MAPPING FOR app SERVER s",
            "GRANT SELECT ON TABLE t TO app",
            "ALTER TABLE t OWNER TO x",
        ];
        assert!(outside.into_iter().all(skipped));
        assert!(!inside.into_iter().any(skipped));
    }

    #[test]
    fn reads_the_target_of_connect() {
        for (arguments, database) in [
            ("shop", "shop"),
            ("\"my shop\"", "my shop"),
            ("\"a\"\"b\" app localhost", "a\"b"),
            ("shop app", "shop"),
            ("-", "-"),
            ("", ""),
            ("-reuse-previous=on \"dbname='my shop'\"", "my shop"),
            (r#"-reuse-previous=on "dbname='a\'b\\ ""c'""#, r#"a'b\ "c"#),
            ("\"dbname=shop host=h\"", "shop"),
        ] {
            assert_eq!(connect_target(arguments), database, "{arguments}");
        }
    }
}
