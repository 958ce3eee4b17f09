//! A server's life: start, databases, the end and what it leaves.

use crate::{cache_of, databases, open_folder, run_folder, start, value, wanted};
use groundline_core::quote_ident;
use groundline_pg::server::{Database, Server, Wanted};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The server's process.
fn process(run: &Path) -> Pid {
    let text = std::fs::read_to_string(run.join("data/postmaster.pid")).expect("a running server");
    let id = text.lines().next().and_then(|line| line.trim().parse().ok()).and_then(Pid::from_raw);
    id.expect("the first line is its id")
}

async fn with_database() -> (Server, Database) {
    let server = start(&wanted()).await;
    let database = server.create_database("life").await.expect("a database");
    (server, database)
}

#[tokio::test]
async fn databases_are_made_copied_and_dropped() {
    let (server, first) = with_database().await;
    assert!(wanted().major.is_none_or(|major| major == server.version().major()));
    let client = first.connect().await.unwrap();
    client.batch_execute("CREATE TABLE t AS SELECT 42 AS n").await.unwrap();
    client.close().await;
    let copy = server.copy_database(&first, "A copy-of it, with a long purpose").await.unwrap();
    assert!(copy.name.starts_with("gl_a_copy_of_it"), "{}", copy.name);
    assert_eq!(value(&copy, "SELECT n::text FROM t").await, "42");
    let url = copy.url();
    assert!(url.starts_with(&format!("postgresql:///{}?host=/", copy.name)), "{url}");

    // A session in it does not keep it.
    let _session = copy.connect().await.unwrap();
    let name = copy.name.clone();
    server.drop_database(copy).await.unwrap();
    let left = databases(&first).await;
    assert!(left.contains(&first.name) && !left.contains(&name), "{left:?}");
    assert!(server.create_database("life").await.unwrap().name != first.name);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn it_is_reached_through_a_socket_only_and_syncs_nothing() {
    let (server, database) = with_database().await;
    let setting = async |name: &str| value(&database, &format!("SELECT current_setting('{name}')")).await;
    for (name, expected) in
        [("listen_addresses", ""), ("fsync", "off"), ("TimeZone", "UTC"), ("server_encoding", "UTF8")]
    {
        assert_eq!(setting(name).await, expected, "{name}");
    }
    let sockets = std::fs::metadata(database.url_parts().host).unwrap();
    assert_eq!(sockets.mode() & 0o777, 0o700, "others can reach the socket");
    let data = std::fs::metadata(run_folder(&database).join("data")).unwrap();
    assert_ne!(data.uid(), 0, "PostgreSQL runs as root");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn stopping_leaves_neither_process_nor_folder() {
    let (server, database) = with_database().await;
    let run = run_folder(&database);
    let process = process(&run);
    server.stop().await.unwrap();
    assert!(!run.exists());
    assert!(test_kill_process(process).is_err(), "the server runs on");
    assert!(database.connect().await.is_err());
}

#[tokio::test]
async fn dropping_it_does_too() {
    let (server, database) = with_database().await;
    let run = run_folder(&database);
    let process = process(&run);
    drop(server);
    assert!(!run.exists());
    assert!(test_kill_process(process).is_err(), "the server runs on");
}

#[tokio::test]
async fn a_server_that_dies_is_noticed() {
    let (server, database) = with_database().await;
    assert!(server.is_alive().await);
    server.assert_alive().await.unwrap();
    let run = run_folder(&database);
    kill_process(process(&run), Signal::QUIT).unwrap();
    while server.is_alive().await {}
    let fault = server.assert_alive().await.unwrap_err();
    assert_eq!(fault.what, "the shadow server ended in the middle of the run");
    assert!(fault.why.unwrap().contains("immediate shutdown"), "the log says why");
    server.stop().await.unwrap();
    assert!(!run.exists());
}

#[tokio::test]
async fn roles_that_a_history_made_are_dropped() {
    let (server, database) = with_database().await;
    let before = server.roles().await.unwrap();
    let client = database.connect().await.unwrap();
    let create = format!("CREATE ROLE {}", quote_ident("a \"role\""));
    client.batch_execute(&create).await.unwrap();
    assert_eq!(server.roles().await.unwrap().len(), before.len() + 1);
    server.drop_other_roles(&before).await.unwrap();
    assert_eq!(server.roles().await.unwrap(), before);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_killed_run_left_is_swept_and_what_runs_is_not() {
    let (server, database) = with_database().await;
    let running = run_folder(&database);
    let stale = running.parent().unwrap().join(format!("stale-{}", std::process::id()));
    std::fs::create_dir_all(stale.join("data/base")).unwrap();
    std::fs::write(stale.join("lock"), "").unwrap();
    let second = start(&wanted()).await;
    assert!(!stale.exists(), "the folder of a killed run is left");
    assert_eq!(value(&database, "SELECT 'still here'").await, "still here");
    second.stop().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_cache_too_deep_for_a_socket_s_path_is_no_hindrance() {
    let (server, _) = with_database().await;
    let temp = open_folder();
    let deep = temp.path().join("a-folder-with-a-long-name".repeat(4)).join("and-another-one-inside-of-it");
    cache_of(&server, &deep);
    let major = Some(server.version().major());
    let wanted = Wanted { major, allow_fetch: false, cache: deep.clone(), ..wanted() };
    let in_deep = start(&wanted).await;
    let database = in_deep.create_database("deep").await.unwrap();
    assert_eq!(value(&database, "SELECT 'reached'").await, "reached");
    let sockets = Path::new(&database.url_parts().host).to_owned();
    assert!(!sockets.starts_with(temp.path()), "{} is short enough", sockets.display());
    in_deep.stop().await.unwrap();
    assert!(!sockets.exists() && !sockets.parent().unwrap().exists(), "the socket's folder is left");
    assert_eq!(std::fs::read_dir(deep.join("run")).unwrap().count(), 0);
}
