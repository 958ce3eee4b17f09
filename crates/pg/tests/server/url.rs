//! A server of the user's own as a shadow: one that Groundline started plays it.

use crate::{Heard, databases, start, value, wanted};
use groundline_core::Major;
use groundline_pg::server::{Database, OtherMajor, Server, Wanted};

/// The user's server, and their database on it.
async fn theirs() -> (Server, Database) {
    let server = start(&wanted()).await;
    let database = server.create_database("theirs").await.expect("a database");
    (server, database)
}

fn at(url: String) -> Wanted {
    Wanted { url: Some(url), major: None, ..wanted() }
}

#[tokio::test]
async fn databases_are_made_there_and_dropped_at_the_end() {
    let (server, theirs) = theirs().await;
    let before = databases(&theirs).await;
    for how_it_ends in ["stop", "drop"] {
        let shadow = start(&at(theirs.url())).await;
        assert!(!shadow.is_ours());
        let first = shadow.create_database("first").await.unwrap();
        let second = shadow.copy_database(&first, "second").await.unwrap();
        assert!(first.name.starts_with("gl_first_r") && second.name.starts_with("gl_second_r"));
        assert_eq!(value(&second, "SELECT current_database()::text").await, second.name);
        shadow.drop_database(first).await.unwrap();
        assert_eq!(databases(&theirs).await.len(), before.len() + 1);
        match how_it_ends {
            "stop" => shadow.stop().await.unwrap(),
            _ => drop(shadow),
        }
        assert_eq!(databases(&theirs).await, before, "after {how_it_ends}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_killed_run_left_is_dropped_and_nothing_else() {
    let (server, theirs) = theirs().await;
    let runs = start(&at(theirs.url())).await;
    let of_running = runs.create_database("running").await.unwrap();
    let client = theirs.connect().await.unwrap();
    // As a killed run leaves it: nobody holds the lock of run 12345.
    let comment = "shadow database of groundline, dropped at the end of its run";
    let leave = format!("COMMENT ON DATABASE gl_left_r12345_1 IS '{comment}'");
    for statement in ["CREATE DATABASE gl_left_r12345_1", &leave, "CREATE DATABASE gl_named_so_r12345_1"] {
        client.batch_execute(statement).await.unwrap();
    }
    client.close().await;
    let next = start(&at(theirs.url())).await;
    let left = databases(&theirs).await;
    assert!(!left.contains(&"gl_left_r12345_1".to_owned()), "{left:?}");
    for kept in ["gl_named_so_r12345_1", &of_running.name, &theirs.name] {
        assert!(left.iter().any(|name| name == kept), "{kept} is gone: {left:?}");
    }
    next.stop().await.unwrap();
    runs.stop().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn its_major_is_checked() {
    let (server, theirs) = theirs().await;
    let its = server.version().major();
    let other = Major::SUPPORTED.into_iter().find(|major| *major != its).unwrap();
    let mut wanted = Wanted { major: Some(other), ..at(theirs.url()) };
    let Err(fault) = Server::start(&wanted, &Heard::default()).await else { panic!("it started") };
    assert_eq!(fault.what, format!("the server at the URL is PostgreSQL {}, not {other}", server.version()));
    assert!(fault.next.unwrap().contains("--allow-other-major"));
    wanted.allow_other_major = true;
    let shadow = start(&wanted).await;
    assert_eq!(shadow.origin().other_major, Some(OtherMajor { wanted: other }));
    shadow.stop().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn its_password_stays_out_of_the_report_and_in_the_environment() {
    let (server, theirs) = theirs().await;
    let shadow = start(&at(format!("{}&password=hunter2", theirs.url()))).await;
    let origin = serde_json::to_string(shadow.origin()).unwrap();
    assert!(!origin.contains("hunter2") && origin.contains("\"source\":\"url\""), "{origin}");
    let database = shadow.create_database("secret").await.unwrap();
    assert!(!format!("{database:?}").contains("hunter2"));
    let environment = database.environment();
    let variable = |name: &str| environment.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    assert_eq!(variable("PGPASSWORD").as_deref(), Some("hunter2"));
    assert_eq!(variable("PGDATABASE"), Some(database.name.clone()));
    assert_eq!(variable("PGSERVICE"), None);
    shadow.stop().await.unwrap();
    server.stop().await.unwrap();
}
