//! What `CREATE INDEX CONCURRENTLY` and its relatives name, read from their words: whoever runs them must look at the
//! index before and after.
//! Out: looking (`pg`). Called by the execution of what runs outside a transaction.

use crate::head::Head;

/// A statement that builds or drops an index, or detaches a partition, without blocking writers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concurrent {
    /// `CREATE INDEX CONCURRENTLY`.
    CreateIndex {
        /// The index's name as it is written, without a schema; absent where PostgreSQL chooses it.
        name: Option<String>,
        /// The table as it is written, with its schema if it has one.
        table: String,
        /// Whether an index of that name is taken for done.
        if_not_exists: bool,
        /// What follows the table: method, keys, options, predicate.
        rest: String,
        /// Whether it is unique.
        unique: bool,
    },
    /// `DROP INDEX CONCURRENTLY`.
    DropIndex {
        /// The index as it is written.
        name: String,
    },
    /// `REINDEX … CONCURRENTLY`.
    Reindex,
    /// `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`.
    Detach {
        /// The partitioned table as it is written.
        table: String,
        /// The partition as it is written.
        partition: String,
    },
}

impl Concurrent {
    /// What a statement is, if it is one of them.
    pub fn of(statement: &str) -> Option<Self> {
        let mut head = Head::new(statement);
        if head.eat("create") {
            let unique = head.eat("unique");
            return head
                .eat_all(&["index", "concurrently"])
                .then(|| created(&mut head, statement, unique))?;
        }
        if head.eat("drop") {
            if !head.eat_all(&["index", "concurrently"]) {
                return None;
            }
            let _ = head.eat("if") && head.eat("exists");
            return Some(Concurrent::DropIndex { name: name(&mut head)? });
        }
        if head.eat("alter") {
            return detached(&mut head);
        }
        head.eat("reindex").then_some(Concurrent::Reindex)
    }
}

fn created(head: &mut Head<'_>, statement: &str, unique: bool) -> Option<Concurrent> {
    let if_not_exists = head.eat_all(&["if", "not", "exists"]);
    let named = if head.eat("on") { None } else { Some(name(head)?) };
    if named.is_some() && !head.eat("on") {
        return None;
    }
    head.eat("only");
    let table = name(head)?;
    let rest = head.peek().map_or("", |token| &statement[token.span.start..]).to_owned();
    Some(Concurrent::CreateIndex { name: named, table, if_not_exists, rest, unique })
}

fn detached(head: &mut Head<'_>) -> Option<Concurrent> {
    if !head.eat("table") {
        return None;
    }
    let _ = head.eat("if") && head.eat("exists");
    head.eat("only");
    let table = name(head)?;
    if !head.eat_all(&["detach", "partition"]) {
        return None;
    }
    let partition = name(head)?;
    head.eat("concurrently").then_some(Concurrent::Detach { table, partition })
}

/// A name with its schema, as it is written.
fn name(head: &mut Head<'_>) -> Option<String> {
    let mut text = head.take().map(|token| head.text_of(token).to_owned())?;
    while head.peek().map(|token| head.text_of(token)) == Some(".") {
        head.take();
        let part = head.take()?;
        text = format!("{text}.{}", head.text_of(part));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::Concurrent;

    #[test]
    fn reads_names_as_they_are_written() {
        let created = |statement| match Concurrent::of(statement) {
            Some(Concurrent::CreateIndex { name, table, if_not_exists, rest, unique }) => {
                Some((name, table, if_not_exists, rest, unique))
            }
            _ => None,
        };
        assert_eq!(
            created("CREATE INDEX CONCURRENTLY ON shop . orders USING gin (tags)"),
            Some((None, "shop.orders".to_owned(), false, "USING gin (tags)".to_owned(), false))
        );
        assert_eq!(
            created("create unique index concurrently if not exists \"By Day\" on only orders (day) where x"),
            Some((
                Some("\"By Day\"".to_owned()),
                "orders".to_owned(),
                true,
                "(day) where x".to_owned(),
                true
            ))
        );
        assert_eq!(created("CREATE INDEX by_day ON orders (day)"), None);
        assert_eq!(
            Concurrent::of("DROP INDEX CONCURRENTLY IF EXISTS shop.by_day"),
            Some(Concurrent::DropIndex { name: "shop.by_day".to_owned() })
        );
        assert_eq!(
            Concurrent::of("ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY"),
            Some(Concurrent::Detach { table: "events".to_owned(), partition: "events_2020".to_owned() })
        );
        assert_eq!(Concurrent::of("ALTER TABLE events DETACH PARTITION events_2020"), None);
        assert_eq!(Concurrent::of("VACUUM orders"), None);
    }
}
