//! What a CREATE INDEX CONCURRENTLY names, so that the index can be looked for before and after.
//! Out: the index itself (`pg`). Called by the execution.

use crate::head::Head;

/// The names in a CREATE INDEX CONCURRENTLY, as they are written: quoted where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcurrentIndex<'a> {
    /// The index; it has no schema, it is in its table's.
    pub name: &'a str,
    /// The table, with its schema if that is written.
    pub table: &'a str,
    /// Whether an index of that name is taken as it is.
    pub if_not_exists: bool,
    /// Whether it is unique.
    pub unique: bool,
}

/// The names; nothing for another statement, or an index without a name.
pub fn concurrent_index(statement: &str) -> Option<ConcurrentIndex<'_>> {
    let mut head = Head::new(statement);
    if !head.eat("create") {
        return None;
    }
    let unique = head.eat("unique");
    if !head.eat_all(&["index", "concurrently"]) {
        return None;
    }
    let if_not_exists = head.eat("if") && head.eat_all(&["not", "exists"]);
    if head.word().is_some_and(|word| word.eq_ignore_ascii_case("on")) {
        return None;
    }
    let name = head.take()?;
    let name = head.text_of(name);
    if !head.eat("on") {
        return None;
    }
    head.eat("only");
    let start = head.peek()?.span.start;
    head.skip_name();
    let end = head.peek()?.span.start;
    Some(ConcurrentIndex { name, table: statement[start..end].trim_end(), if_not_exists, unique })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written() {
        let found = concurrent_index(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"By it\" ON only app.t USING btree (a)",
        );
        let wanted = ConcurrentIndex { name: "\"By it\"", table: "app.t", if_not_exists: true, unique: true };
        assert_eq!(found, Some(wanted));
        assert_eq!(concurrent_index("create index concurrently on t (a)"), None);
        assert_eq!(concurrent_index("create index i on t (a)"), None);
    }
}
