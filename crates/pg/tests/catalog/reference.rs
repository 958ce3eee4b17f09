//! The page of what is read is what the reader says of itself, and says it of the server that runs: its catalogs have
//! the columns of the table, no others, and objects have the properties of the registries, no others.

use crate::page;
use crate::support::{Database, create, remove, rows, server, with_database};
use crate::world;
use groundline_pg::introspect::{properties, read, reference, unknown};
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../../src/introspect/catalogs.tsv");

#[test]
fn the_page_is_true() {
    page::keep("catalog.md", &reference());
}

/// Whether `14+`, `14`, `15-16` has a major.
fn has(majors: &str, major: u16) -> bool {
    let number = |text: &str| text.parse::<u16>().expect("a major");
    match majors.split_once('-') {
        Some((from, until)) => (number(from)..=number(until)).contains(&major),
        None => match majors.strip_suffix('+') {
            Some(from) => number(from) <= major,
            None => number(majors) == major,
        },
    }
}

#[tokio::test]
async fn the_server_has_the_columns_of_the_table() {
    let major = server().version().major().number();
    let cells = TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect());
    let of_table: BTreeSet<Vec<String>> = cells
        .filter(|cells: &Vec<&str>| cells[1] != "*" && has(cells[2], major))
        .map(|cells| vec![cells[0].to_owned(), cells[1].to_owned()])
        .collect();
    let of_server =
        "SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0";
    with_database(async |database| {
        let of_server: BTreeSet<Vec<String>> = rows(&database.client, of_server).await.into_iter().collect();
        let only = |some: &BTreeSet<Vec<String>>, others: &BTreeSet<Vec<String>>| -> Vec<String> {
            some.difference(others).map(|column| column.join(".")).collect()
        };
        assert_eq!(only(&of_server, &of_table), [""; 0], "not in the table");
        assert_eq!(only(&of_table, &of_server), [""; 0], "not on PostgreSQL {major}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_have_the_properties_of_the_page() {
    let database = world::database().await;
    let snapshot = read(&database.client, &world::full()).await.expect("the schema is read");
    let known = properties();
    let seen = snapshot.objects.iter().flat_map(|(id, object)| {
        object.properties.keys().map(move |property| (id.kind, property.to_string()))
    });
    let seen: BTreeSet<_> = seen.collect();
    let strange: Vec<_> = seen.difference(&known).collect();
    assert!(strange.is_empty(), "not on the page: {strange:?}");
    assert!(seen.len() * 2 > known.len(), "the schema has {} of {} properties", seen.len(), known.len());
    world::remove(database).await;
}

/// Changes the server's own catalogs, as a newer server has others.
async fn grow(database: &Database, sql: &str) -> Vec<String> {
    let sql = format!("SET allow_system_table_mods = on; {sql}; RESET allow_system_table_mods");
    database.client.batch_execute(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    unknown(&database.client).await.expect("the catalogs are listed")
}

#[tokio::test]
async fn a_catalog_that_is_not_known_is_named() {
    let database = create().await;
    let none = unknown(&database.client).await.expect("the catalogs are listed");
    assert_eq!(none, [""; 0], "of a server as it is");
    let table = "CREATE TABLE pg_catalog.pg_future (what int, since int)";
    let future = "the catalog pg_future is unknown and not read: since, what";
    assert_eq!(grow(&database, table).await, [future]);
    let column = "ALTER TABLE pg_catalog.pg_policy ADD COLUMN polfuture int";
    let of_policy = "the catalog pg_policy has columns that are unknown and not read: polfuture";
    assert_eq!(grow(&database, column).await, [future, of_policy]);
    remove(database).await;
}
