//! The journal: made once, whoever comes first; read back as written; never changed.

use crate::support::{rows, with_database};
use futures_util::future::join_all;
use groundline_pg::journal::{self, Event, EventKind, Journal};

#[tokio::test]
async fn eight_at_once_make_one_table() {
    with_database(async |database| {
        let url = database.url();
        let opened = join_all((0..8).map(|_| async {
            let client = groundline_pg::client::connect(&url).await?;
            Journal::open(&client, "shop", "tester").await
        }));
        let runs: Vec<String> = opened.await.into_iter().map(|one| one.unwrap().run().to_owned()).collect();
        assert_eq!(std::collections::BTreeSet::from_iter(&runs).len(), 8);
        let bare = "SELECT attname FROM pg_attribute WHERE attrelid = 'groundline.event'::regclass AND attnum > 0 \
                    AND col_description(attrelid, attnum) IS NULL";
        assert_eq!(rows(&database.client, bare).await, Vec::<Vec<String>>::new());
    })
    .await;
}

#[tokio::test]
async fn events_are_read_as_written_and_nobody_changes_them() {
    with_database(async |database| {
        let client = &database.client;
        assert!(journal::events(client, "shop").await.unwrap().is_empty());
        let journal = Journal::open(client, "shop", "o'brien").await.unwrap();
        let begun = Event {
            version: Some("1".to_owned()),
            direction: Some("up"),
            statement: Some(2),
            ..Event::new(EventKind::StatementBegun)
        };
        journal.append(client, &begun).await.unwrap();
        let open = journal::unfinished(client, "shop").await.unwrap();
        assert_eq!(
            (open.len(), open[0].kind(), open[0].statement),
            (1, Some(EventKind::StatementBegun), Some(2))
        );
        assert_eq!(open[0].operator, "o'brien");
        let applied = Event { version: Some("1".to_owned()), ..Event::new(EventKind::RevisionApplied) };
        journal.append(client, &applied).await.unwrap();
        assert!(journal::unfinished(client, "shop").await.unwrap().is_empty());
        assert_eq!(journal::events(client, "shop").await.unwrap().len(), 2);
        for change in [
            "UPDATE groundline.event SET run = ''",
            "DELETE FROM groundline.event",
            "TRUNCATE groundline.event",
        ] {
            let error = client.batch_execute(change).await.unwrap_err();
            assert!(error.as_db_error().unwrap().message().contains("append-only"), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_that_may_not_make_it_is_told_what_an_administrator_runs() {
    with_database(async |database| {
        let client = &database.client;
        client.batch_execute("CREATE ROLE journal_nobody; SET ROLE journal_nobody").await.unwrap();
        let fault = Journal::open(client, "shop", "tester").await.unwrap_err();
        assert!(fault.next.unwrap().contains("CREATE SCHEMA groundline AUTHORIZATION \"journal_nobody\";"));
        client
            .batch_execute(
                "RESET ROLE; CREATE SCHEMA groundline AUTHORIZATION journal_nobody; SET ROLE journal_nobody",
            )
            .await
            .unwrap();
        Journal::open(client, "shop", "tester").await.unwrap();
        client
            .batch_execute("RESET ROLE; DROP OWNED BY journal_nobody; DROP ROLE journal_nobody")
            .await
            .unwrap();
    })
    .await;
}
