//! Which statements PostgreSQL 14 to 18 refuses in a transaction block, read from their words.
//! Out: what only a server knows: procedures with transaction control of their own (`CALL`, `DO`), and
//! `CLUSTER` or `REINDEX` of a partitioned table, which are refused too.
//! Called by `classify`. Sources: the manual's page of each command, and the server (tests/server.rs).

use crate::head::Head;

/// The command to name in a message, if the statement is refused in a transaction block.
pub(crate) fn reason(statement: &str) -> Option<&'static str> {
    let mut head = Head::new(statement);
    let first = head.word()?.to_ascii_lowercase();
    head.take();
    match first.as_str() {
        "create" => create(&mut head),
        "drop" => drop(&mut head),
        "alter" => alter(&mut head),
        "reindex" => reindex(&mut head),
        "vacuum" => Some("VACUUM"),
        "cluster" => cluster(&mut head),
        "discard" => head.eat("all").then_some("DISCARD ALL"),
        "commit" => head.eat("prepared").then_some("COMMIT PREPARED"),
        "rollback" => head.eat("prepared").then_some("ROLLBACK PREPARED"),
        _ => None,
    }
}

fn create(head: &mut Head<'_>) -> Option<&'static str> {
    if head.eat("unique") {
        return head.eat_all(&["index", "concurrently"]).then_some("CREATE INDEX CONCURRENTLY");
    }
    if head.eat("index") {
        return head.eat("concurrently").then_some("CREATE INDEX CONCURRENTLY");
    }
    if head.eat("subscription") {
        return creates_slot(head).then_some("CREATE SUBSCRIPTION");
    }
    database_or_tablespace(head, ["CREATE DATABASE", "CREATE TABLESPACE"])
}

/// A slot is made unless `create_slot = false`, or `connect = false` which implies it.
fn creates_slot(head: &mut Head<'_>) -> bool {
    let options = match head.seek("with") {
        true => head.options(&["create_slot", "connect"]),
        false => return true,
    };
    options.iter().all(|option| option.unwrap_or(true))
}

/// Dropping a subscription drops its slot; one without a slot may be dropped anywhere, alone too.
fn drop(head: &mut Head<'_>) -> Option<&'static str> {
    if head.eat("index") {
        return head.eat("concurrently").then_some("DROP INDEX CONCURRENTLY");
    }
    if head.eat("subscription") {
        return Some("DROP SUBSCRIPTION");
    }
    database_or_tablespace(head, ["DROP DATABASE", "DROP TABLESPACE"])
}

fn database_or_tablespace(head: &mut Head<'_>, names: [&'static str; 2]) -> Option<&'static str> {
    let [database, tablespace] = names;
    if head.eat("database") {
        return Some(database);
    }
    head.eat("tablespace").then_some(tablespace)
}

fn alter(head: &mut Head<'_>) -> Option<&'static str> {
    if head.eat("system") {
        return Some("ALTER SYSTEM");
    }
    if head.eat("database") {
        head.take();
        return head.eat_all(&["set", "tablespace"]).then_some("ALTER DATABASE SET TABLESPACE");
    }
    if head.eat("table") {
        return detaches_concurrently(head).then_some("ALTER TABLE DETACH PARTITION CONCURRENTLY");
    }
    if head.eat("subscription") {
        head.take();
        return alter_subscription(head);
    }
    None
}

fn detaches_concurrently(head: &mut Head<'_>) -> bool {
    if head.eat("if") {
        head.eat("exists");
    }
    head.eat("only");
    head.skip_name();
    if !head.eat("detach") {
        // `t *`, which is the same as `t`.
        head.take();
        if !head.eat("detach") {
            return false;
        }
    }
    if !head.eat("partition") {
        return false;
    }
    head.skip_name();
    head.eat("concurrently")
}

fn alter_subscription(head: &mut Head<'_>) -> Option<&'static str> {
    if head.eat("refresh") {
        return Some("ALTER SUBSCRIPTION REFRESH");
    }
    let set = head.eat("set");
    if set && head.peek().is_some_and(|token| token.kind == crate::lexer::TokenKind::Open) {
        let alters_slot = head.options(&["failover", "two_phase"]).iter().any(Option::is_some);
        return alters_slot.then_some("ALTER SUBSCRIPTION SET (failover or two_phase)");
    }
    if (set || head.eat("add") || head.eat("drop")) && head.eat("publication") {
        let refreshes = match head.seek("with") {
            true => head.options(&["refresh"])[0].unwrap_or(true),
            false => true,
        };
        return refreshes.then_some("ALTER SUBSCRIPTION with refresh");
    }
    None
}

/// `REINDEX [(options)] {INDEX | TABLE | SCHEMA | DATABASE | SYSTEM} [CONCURRENTLY] [name]`.
fn reindex(head: &mut Head<'_>) -> Option<&'static str> {
    let by_option = head.options(&["concurrently"])[0].unwrap_or(false);
    let kind = head.word()?.to_ascii_lowercase();
    head.take();
    match kind.as_str() {
        _ if by_option || head.eat("concurrently") => Some("REINDEX CONCURRENTLY"),
        "schema" => Some("REINDEX SCHEMA"),
        "database" => Some("REINDEX DATABASE"),
        "system" => Some("REINDEX SYSTEM"),
        _ => None,
    }
}

/// `CLUSTER [(options)] [VERBOSE]` without a table takes one transaction a table.
fn cluster(head: &mut Head<'_>) -> Option<&'static str> {
    head.options(&[]);
    head.eat("verbose");
    head.peek().is_none().then_some("CLUSTER of all tables")
}
