//! Reading a second time, when only what changed is read, gives what reading everything gives.

use crate::cases::{Case, lines, of_server};
use crate::support::Database;
use crate::world;
use groundline_catalog::{Snapshot, diff};
use groundline_pg::introspect::{Reader, read_inside};

/// Those that change a database; what a session sets is no change.
async fn cases(database: &Database) -> Vec<Case> {
    of_server(&["edits", "same"], &world::kind(database).await)
}

async fn read_again(reader: &mut Reader, database: &Database, after: &str) -> Snapshot {
    let again = reader.read(&database.client).await;
    again.unwrap_or_else(|fault| panic!("after {after}: {fault:#?}"))
}

async fn assert_complete(reader: &mut Reader, database: &Database, after: &str) {
    let again = read_again(reader, database, after).await;
    let complete =
        read_inside(&database.client, &world::full().with_needs()).await.expect("the schema is read");
    assert_eq!(lines(&diff(&complete, &again)), [""; 0], "after {after}");
    assert_eq!(again.fingerprint(), complete.fingerprint(), "after {after}");
    assert_eq!(again.needs, complete.needs, "what needs what after {after}");
}

/// All cases inside one transaction, each undone by a savepoint: the rows of the catalog go back to versions that
/// they had before. A complete reading makes the differences of the files (see `edits`): so does this one.
#[tokio::test(flavor = "multi_thread")]
async fn after_each_edit_and_after_undoing_it() {
    let database = world::database().await;
    let client = &database.client;
    let run = async |sql: &str, case: &Case| {
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{}: {error:?}", case.title));
    };
    let kind = world::kind(&database).await;
    let mut reader = Reader::new(world::full());
    client.batch_execute("BEGIN").await.expect("a transaction");
    let first = read_again(&mut reader, &database, "nothing").await;
    let mut wrong = Vec::new();
    for case in cases(&database).await.iter().filter(|case| !case.is_apart()) {
        run("SAVEPOINT edit", case).await;
        let mut before = first.clone();
        if !case.given.is_empty() {
            run(&case.given, case).await;
            before = read_again(&mut reader, &database, &case.title).await;
        }
        run(&case.edit, case).await;
        let shown = lines(&diff(&before, &read_again(&mut reader, &database, &case.title).await));
        let right = case.agrees(kind.major, &shown);
        if !right {
            wrong.push(format!("{}: read again, it makes\n  {}", case.title, shown.join("\n  ")));
        }
        run("ROLLBACK TO edit", case).await;
        let undone = read_again(&mut reader, &database, &case.title).await;
        if undone != first {
            wrong.push(format!(
                "undoing {} leaves\n  {}",
                case.title,
                lines(&diff(&first, &undone)).join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    world::remove(database).await;
}

/// The cases one upon the other, each committed.
#[tokio::test(flavor = "multi_thread")]
async fn after_edits_upon_edits() {
    let database = world::database().await;
    let mut reader = Reader::new(world::full().with_needs());
    let (cases, mut applied) = (cases(&database).await, 0);
    for (place, case) in cases.iter().enumerate() {
        // An edit may be in the way of a later one, such as a table's new name.
        let given = world::run(&database, case, &case.given).await;
        applied += usize::from(given.is_ok() && world::run(&database, case, &case.edit).await.is_ok());
        // What is missed once is missed until it changes again.
        if place % 4 == 0 {
            assert_complete(&mut reader, &database, &case.title).await;
        } else {
            read_again(&mut reader, &database, &case.title).await;
        }
    }
    assert!(applied > cases.len() / 2, "{applied} of {} edits could be applied", cases.len());
    world::remove(database).await;
}
