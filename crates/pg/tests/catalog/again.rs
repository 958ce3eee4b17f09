//! Reading a second time, when only what changed is read, gives what reading everything gives.

use crate::cases::{SCHEMA, edits};
use crate::support::with_database;
use groundline_catalog::{Snapshot, diff};
use groundline_pg::introspect::{Excluded, Reader, read};
use tokio_postgres::Client;

async fn assert_same(reader: &mut Reader, client: &Client, after: &str) -> Snapshot {
    let again = reader.read(client).await.expect("the schema is read again");
    let complete = read(client, &Excluded::bookkeeping()).await.expect("the schema is read");
    assert_eq!(diff(&complete, &again), [], "after {after}");
    assert_eq!(again.fingerprint(), complete.fingerprint(), "after {after}");
    complete
}

/// All edits inside one transaction, each undone by a savepoint: the rows of the catalog go back to versions that
/// they had before.
#[tokio::test(flavor = "multi_thread")]
async fn after_each_edit_and_after_undoing_it() {
    with_database(async |database| {
        let client = &database.client;
        client.batch_execute(SCHEMA).await.expect("the schema");
        let mut reader = Reader::new(Excluded::bookkeeping());
        client.batch_execute("BEGIN").await.expect("a transaction");
        let first = assert_same(&mut reader, client, "nothing").await;
        for edit in edits() {
            client.batch_execute("SAVEPOINT edit").await.expect("a savepoint");
            let edited = client.batch_execute(&edit.sql).await;
            if edited.is_ok() {
                assert_same(&mut reader, client, &edit.title).await;
            }
            client.batch_execute("ROLLBACK TO edit").await.expect("the savepoint");
            let undone = assert_same(&mut reader, client, &format!("undoing: {}", edit.title)).await;
            assert_eq!(diff(&first, &undone), []);
        }
    })
    .await;
}

/// The edits one upon the other, each committed.
#[tokio::test(flavor = "multi_thread")]
async fn after_edits_upon_edits() {
    with_database(async |database| {
        let client = &database.client;
        client.batch_execute(SCHEMA).await.expect("the schema");
        let mut reader = Reader::new(Excluded::bookkeeping());
        let mut applied = 0;
        for edit in edits() {
            // An edit may be in the way of a later one, such as a table's new name.
            applied += usize::from(client.batch_execute(&edit.sql).await.is_ok());
            assert_same(&mut reader, client, &edit.title).await;
        }
        assert!(applied > edits().len() / 2, "{applied} edits could be applied");
    })
    .await;
}
