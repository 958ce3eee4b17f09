//! The registry of statements that lose data, read from their words.
//! Out: what only a server knows: a function that deletes, a type change that truncates, a cascade.
//! Called by plans, which ask for an approval.

use crate::head::Head;

/// What is lost, by the words that a statement begins with.
const BEGINNINGS: [(&[&str], &str); 7] = [
    (&["drop", "table"], "DROP TABLE"),
    (&["drop", "schema"], "DROP SCHEMA"),
    (&["drop", "materialized", "view"], "DROP MATERIALIZED VIEW"),
    (&["drop", "sequence"], "DROP SEQUENCE"),
    (&["drop", "database"], "DROP DATABASE"),
    (&["drop", "owned"], "DROP OWNED"),
    (&["truncate"], "TRUNCATE"),
];

/// What ALTER TABLE may drop without losing data.
const HARMLESS_DROPS: [&str; 5] = ["constraint", "default", "not", "expression", "identity"];

/// The command to name, if the statement loses data as far as its words say.
pub fn destructive(statement: &str) -> Option<&'static str> {
    let begins = |words: &[&str]| Head::new(statement).eat_all(words);
    if let Some((_, name)) = BEGINNINGS.iter().find(|(words, _)| begins(words)) {
        return Some(name);
    }
    let mut head = Head::new(statement);
    if head.eat("delete") {
        return (!head.seek("where")).then_some("DELETE without WHERE");
    }
    if Head::new(statement).eat_all(&["alter", "table"]) {
        let mut head = Head::new(statement);
        while head.seek("drop") {
            let harmless = head.word().is_some_and(|word| {
                HARMLESS_DROPS.iter().any(|harmless| word.eq_ignore_ascii_case(harmless))
            });
            if !harmless {
                return Some("DROP COLUMN");
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::destructive;

    #[test]
    fn what_loses_data_is_named_and_nothing_else() {
        let cases = [
            ("drop table a", Some("DROP TABLE")),
            ("DROP MATERIALIZED VIEW v", Some("DROP MATERIALIZED VIEW")),
            ("truncate a", Some("TRUNCATE")),
            ("delete from a", Some("DELETE without WHERE")),
            ("delete from a where b", None),
            ("alter table a add b int, drop column c", Some("DROP COLUMN")),
            ("alter table a drop c", Some("DROP COLUMN")),
            ("alter table a drop constraint c", None),
            ("alter table a alter b drop not null", None),
            ("drop index i", None),
            ("create table t (a text default 'drop table')", None),
        ];
        for (statement, wanted) in cases {
            assert_eq!(destructive(statement), wanted, "{statement}");
        }
    }
}
