//! Reading a second time, when only what changed is read, gives what reading everything gives.

use crate::cases::{Case, of_server};
use crate::support::Database;
use crate::world;
use groundline_catalog::{Snapshot, diff};
use groundline_pg::introspect::{Excluded, Reader, read};

/// Those that change a database; what a session sets is no change.
async fn cases(database: &Database) -> Vec<Case> {
    of_server(&["edits", "same"], &world::kind(database).await)
}

async fn read_again(reader: &mut Reader, database: &Database, after: &str) -> Snapshot {
    let again = reader.read(&database.client).await;
    again.unwrap_or_else(|fault| panic!("after {after}: {fault:#?}"))
}

async fn assert_same(reader: &mut Reader, database: &Database, after: &str) -> Snapshot {
    let again = read_again(reader, database, after).await;
    let complete = read(&database.client, &Excluded::bookkeeping()).await.expect("the schema is read");
    assert_eq!(diff(&complete, &again), [], "after {after}");
    assert_eq!(again.fingerprint(), complete.fingerprint(), "after {after}");
    complete
}

/// What `# unwatched` says is so: who mends it takes the note away.
async fn assert_missed(reader: &mut Reader, database: &Database, after: &str) {
    let again = read_again(reader, database, after).await;
    let complete = read(&database.client, &Excluded::bookkeeping()).await.expect("the schema is read");
    assert_ne!(again, complete, "after {after}: it is noticed, and `# unwatched` says that it is not");
}

/// All cases inside one transaction, each undone by a savepoint: the rows of the catalog go back to versions that
/// they had before.
#[tokio::test(flavor = "multi_thread")]
async fn after_each_edit_and_after_undoing_it() {
    let database = world::database().await;
    let client = &database.client;
    let mut reader = Reader::new(Excluded::bookkeeping());
    let cases = cases(&database).await;
    client.batch_execute("BEGIN").await.expect("a transaction");
    let first = assert_same(&mut reader, &database, "nothing").await;
    for case in cases.iter().filter(|case| !case.is_apart()) {
        client.batch_execute("SAVEPOINT edit").await.expect("a savepoint");
        client.batch_execute(&case.given).await.unwrap_or_else(|error| panic!("{}: {error:?}", case.title));
        read_again(&mut reader, &database, &case.title).await;
        client.batch_execute(&case.edit).await.unwrap_or_else(|error| panic!("{}: {error:?}", case.title));
        if case.is_unwatched() {
            assert_missed(&mut reader, &database, &case.title).await;
        } else {
            assert_same(&mut reader, &database, &case.title).await;
        }
        client.batch_execute("ROLLBACK TO edit").await.expect("the savepoint");
        let undone = read_again(&mut reader, &database, &format!("undoing: {}", case.title)).await;
        assert_eq!(diff(&first, &undone), [], "after undoing: {}", case.title);
    }
    world::remove(database).await;
}

/// The cases one upon the other, each committed.
#[tokio::test(flavor = "multi_thread")]
async fn after_edits_upon_edits() {
    let database = world::database().await;
    let mut reader = Reader::new(Excluded::bookkeeping());
    let (cases, mut applied) = (cases(&database).await, 0);
    for (place, case) in cases.iter().filter(|case| !case.is_unwatched()).enumerate() {
        // An edit may be in the way of a later one, such as a table's new name.
        let given = world::run(&database, case, &case.given).await;
        applied += usize::from(given.is_ok() && world::run(&database, case, &case.edit).await.is_ok());
        // What is missed once is missed until it changes again.
        if place % 4 == 0 {
            assert_same(&mut reader, &database, &case.title).await;
        } else {
            read_again(&mut reader, &database, &case.title).await;
        }
    }
    assert!(applied > cases.len() / 2, "{applied} of {} edits could be applied", cases.len());
    world::remove(database).await;
}
