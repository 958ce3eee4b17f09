//! Reading with two connections gives what reading with one gives, of one moment, and goes on with one where the server
//! gives no second.

use crate::support::with_database;
use crate::world;
use groundline_catalog::{ObjectKind, Snapshot, diff};
use groundline_pg::client::connect;
use groundline_pg::introspect::{Excluded, read, read_at};
use groundline_pg::server::UrlParts;
use std::sync::atomic::{AtomicBool, Ordering};

fn assert_same(one: &Snapshot, two: &Snapshot) {
    assert!(diff(one, two).is_empty());
    assert_eq!(one.fingerprint(), two.fingerprint());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_connections_read_what_one_reads() {
    let database = world::database().await;
    for excluded in [world::full(), Excluded::bookkeeping()] {
        let alone = read(&database.client, &excluded).await.expect("the schema");
        assert_same(&alone, &read_at(&database.url(), &excluded).await.expect("the same schema"));
    }
    world::remove(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_is_enough() {
    with_database(async |database| {
        let role = |name: &str| format!("{name}_in_{}", database.name);
        let UrlParts { host, port, .. } = database.inner().url_parts();
        let url = |name| format!("host={host} port={port} user={} dbname={}", role(name), database.name);
        for name in ["limited", "alone"] {
            let made = format!("CREATE ROLE {} LOGIN CONNECTION LIMIT 1", role(name));
            database.client.batch_execute(&made).await.expect("a role");
        }
        let table = "CREATE TABLE kept (id int PRIMARY KEY, at date DEFAULT '2026-01-01')";
        database.client.batch_execute(table).await.expect("a table");
        let one = connect(&url("limited")).await.expect("one connection");
        assert!(connect(&url("limited")).await.is_err(), "the server gives two");
        one.close().await;
        let excluded = Excluded::bookkeeping();
        let seen = read_at(&url("alone"), &excluded).await.expect("the schema");
        assert_same(&read(&database.client, &excluded).await.expect("the schema"), &seen);
        let gone = format!("DROP ROLE {}, {}", role("limited"), role("alone"));
        database.client.batch_execute(&gone).await.expect("no roles");
    })
    .await;
}

/// Each change writes a column's comment, which one connection reads, and the column's name, which the other one does.
#[tokio::test(flavor = "multi_thread")]
async fn both_connections_see_one_moment() {
    with_database(async |database| {
        let run = async |sql: &str| database.client.batch_execute(sql).await.expect("it is changed");
        run("CREATE TABLE moving (c0 int DEFAULT 0); COMMENT ON COLUMN moving.c0 IS 'c0'").await;
        let over = AtomicBool::new(false);
        let changes = async {
            let mut number = 0;
            while !over.load(Ordering::Relaxed) {
                let next = number + 1;
                run(&format!(
                    "ALTER TABLE moving RENAME c{number} TO c{next}; COMMENT ON COLUMN moving.c{next} IS 'c{next}';
                     ALTER TABLE moving ALTER c{next} SET DEFAULT {next}"
                ))
                .await;
                number = next;
            }
            number
        };
        let readings = async {
            let (url, excluded) = (database.url(), Excluded::bookkeeping());
            for _ in 0..25 {
                let schema = read_at(&url, &excluded).await.expect("the schema");
                let (id, column) = schema.of_kind(ObjectKind::Column).next().expect("the column");
                let said = |name: &str| column.properties.get(name).map(ToString::to_string);
                let name = id.identity.rsplit('.').next().unwrap_or_default().to_owned();
                assert_eq!(said("comment"), Some(name.clone()), "the comment of {id}");
                assert_eq!(said("default").map(|number| format!("c{number}")), Some(name), "the default of {id}");
            }
            over.store(true, Ordering::Relaxed);
        };
        let (number, ()) = tokio::join!(changes, readings);
        assert!(number > 25, "{number} changes are not enough to meet one");
    })
    .await;
}
