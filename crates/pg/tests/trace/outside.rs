//! Statements outside of transactions, against a session that has every relation in use: what wants ACCESS EXCLUSIVE
//! waits for it, so its wait is seen for sure, where a sampler may miss a lock that is held for a moment.

use crate::support::{Database, remove, server};
use crate::{AT_ONCE, Case, SCHEMA, assert_none, schema_of, set_up, settings, shelf_of};
use futures_util::{StreamExt, stream};
use groundline_core::{LockMode, Major};
use groundline_lint::{Policies, Schema, judge};
use groundline_pg::client::Client;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;
use tokio_postgres::types::ToSql;

/// Partitioned tables alone: what spares them still waits for who uses them.
const USE_PARTITIONED: &str = "SELECT format('LOCK TABLE %s IN ACCESS SHARE MODE', string_agg('ONLY ' || oid::regclass, ', ')) \
    FROM pg_class WHERE relnamespace = 'l'::regnamespace AND relkind = 'p'";

/// Everything else. LOCK TABLE does not take materialized views.
const USE_OTHERS: &str = "SELECT concat_ws('; ', \
    format('LOCK TABLE %s IN ACCESS SHARE MODE', string_agg('ONLY ' || oid::regclass, ', ') FILTER (WHERE relkind = 'r')), \
    string_agg(format('SELECT FROM %s LIMIT 1', oid::regclass), '; ') FILTER (WHERE relkind = 'm' AND relispopulated)) \
    FROM pg_class WHERE relnamespace = 'l'::regnamespace";

const WANTED: &str = "SELECT c.relname::text FROM pg_locks l JOIN pg_class c ON c.oid = l.relation \
    WHERE l.pid = $1 AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p', 'm', 'v') \
    AND c.relnamespace = 'l'::regnamespace";

/// Long enough for a statement to come to its wait on a busy machine; who does not wait ends before.
const PATIENCE: Duration = Duration::from_millis(500);

#[tokio::test]
async fn what_wants_access_exclusive_waits_for_readers() {
    let major = server().version().major();
    let cases: Vec<Case> = Case::all()
        .into_iter()
        .filter(|case| case.is_of(major) && case.is_outside() && !case.fails)
        .collect();
    assert!(cases.len() >= 12, "{} statements", cases.len());
    let shelf = shelf_of(SCHEMA).await;
    let tried = stream::iter(&cases).map(|case| async {
        let (setup, sql) = case.script();
        let database = set_up(&shelf, &case.name, &setup).await;
        let predicted = predicted(&database, &sql, major).await;
        let seen = wanted(&database, &sql).await;
        remove(database).await;
        (predicted != seen).then(|| format!("{}: predicted {predicted:?}, seen {seen:?}", case.name))
    });
    let differences: Vec<String> = tried.buffered(AT_ONCE).filter_map(std::future::ready).collect().await;
    assert_none(shelf, &differences).await;
}

/// The relations on which ACCESS EXCLUSIVE is predicted.
async fn predicted(database: &Database, sql: &str, major: Major) -> BTreeSet<String> {
    let before = schema_of(database).await;
    let policies = Policies::default();
    let verdict = judge(sql, &mut Schema::of(&before), settings(major, &policies));
    let last = &verdict.statements.last().expect("a statement").effects;
    let strongest = last.locks.iter().filter(|(_, mode)| **mode == LockMode::AccessExclusive);
    strongest.map(|(name, _)| name.name.clone()).collect()
}

/// The relations on which it is waited for, or had: while others use all of them, and then all but the partitioned.
async fn wanted(database: &Database, sql: &str) -> BTreeSet<String> {
    let runner = connect(database).await;
    let mut readers = Vec::new();
    for uses in [USE_OTHERS, USE_PARTITIONED] {
        let reader = connect(database).await;
        let text: String = reader.query_one(uses, &[]).await.expect("relations").get(0);
        reader.batch_execute(&format!("BEGIN; {text}")).await.expect("they are in use");
        readers.push(reader);
    }
    let backend: i32 = runner.query_one("SELECT pg_backend_pid()", &[]).await.expect("its number").get(0);
    let parameters: [&(dyn ToSql + Sync); 1] = [&backend];
    let script = groundline_sql::Script::parse(sql);
    let (last, before) = script.statements.split_last().expect("a statement");
    for statement in before {
        runner.batch_execute(&sql[statement.span.range()]).await.expect("it runs");
    }
    let mut seen = BTreeSet::new();
    let mut running = Box::pin(runner.batch_execute(&sql[last.span.range()]));
    let mut until = Instant::now() + PATIENCE;
    loop {
        tokio::select! {
            ended = &mut running => break ended.expect("it runs"),
            () = tokio::time::sleep_until(until), if !readers.is_empty() => {
                let reader = readers.pop().expect("one is left");
                reader.batch_execute("COMMIT").await.expect("they are in use no more");
                until = Instant::now() + PATIENCE;
            }
            rows = database.client.query(WANTED, &parameters) => {
                seen.extend(rows.expect("the locks").iter().map(|row| row.get::<_, String>(0)));
            }
        }
    }
    seen
}

async fn connect(database: &Database) -> Client {
    database.inner().connect().await.expect("connect to the test database")
}
