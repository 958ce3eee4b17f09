//! What a run leaves behind when it is stopped on the way: nothing.

use crate::support::{descendants, entries, project, runs, signal, start, wait_for};
use rustix::process::Signal;
use std::process::Child;

/// A history whose second revision takes a minute: the run is in the middle of it when it is stopped.
fn slow() -> tempfile::TempDir {
    project(&[
        ("migrations/1_quick.up.sql", "create table quick (id int);"),
        ("migrations/1_quick.down.sql", "drop table quick;"),
        ("migrations/2_slow.up.sql", "create table slow (id int);\nselect pg_sleep(60);"),
        ("migrations/2_slow.down.sql", "drop table slow;"),
    ])
}

struct Stopped {
    code: Option<i32>,
    stderr: String,
    server: Vec<u32>,
    temp: tempfile::TempDir,
    project: tempfile::TempDir,
}

/// Starts `check`, waits until its server sleeps in the slow revision, lets `stop` act, and waits for the end.
fn stopped_in_the_middle(stop: impl FnOnce(&Child, &[u32])) -> Stopped {
    let (project, temp) = (slow(), tempfile::tempdir().expect("a temporary folder"));
    let child = start(temp.path(), &["check", project.path().to_str().expect("a path")]);
    let server = wait_for("the server to sleep", || {
        let ids = descendants(child.id());
        let sleeps = |id: &u32| {
            let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
            line.contains("SELECT") || line.to_lowercase().contains("select")
        };
        ids.iter().any(sleeps).then_some(ids)
    });
    stop(&child, &server);
    let output = child.wait_with_output().expect("the program ends");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Stopped { code: output.status.code(), stderr, server, temp, project }
}

fn assert_nothing_left(stopped: &Stopped) {
    wait_for("the server to be gone", || (!stopped.server.iter().any(|id| runs(*id))).then_some(()));
    assert_eq!(entries(stopped.temp.path()), Vec::<String>::new(), "temporary folders are left");
    let evidence = stopped.project.path().join(".groundline");
    assert!(!evidence.exists(), "an interrupted run left evidence");
}

#[test]
fn ctrl_c_stops_the_server_and_removes_what_was_temporary() {
    let stopped = stopped_in_the_middle(|child, _| signal(child.id(), Signal::INT));
    assert_eq!(stopped.code, Some(2), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("stopped by Ctrl-C"), "{}", stopped.stderr);
    assert_nothing_left(&stopped);
}

#[test]
fn sigterm_does_too() {
    let stopped = stopped_in_the_middle(|child, _| signal(child.id(), Signal::TERM));
    assert_eq!(stopped.code, Some(2), "{}", stopped.stderr);
    assert_nothing_left(&stopped);
}

#[test]
fn after_kill_9_no_server_is_left() {
    let stopped = stopped_in_the_middle(|child, _| signal(child.id(), Signal::KILL));
    assert_eq!(stopped.code, None);
    wait_for("the server to be gone", || (!stopped.server.iter().any(|id| runs(*id))).then_some(()));
}

#[test]
fn a_server_that_dies_in_the_middle_is_said() {
    let stopped = stopped_in_the_middle(|_, server| {
        let postmaster = server.iter().min().expect("a server");
        signal(*postmaster, Signal::KILL);
    });
    assert_eq!(stopped.code, Some(2), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("the shadow server ended"), "{}", stopped.stderr);
    wait_for("the server to be gone", || (!stopped.server.iter().any(|id| runs(*id))).then_some(()));
    assert_eq!(entries(stopped.temp.path()), Vec::<String>::new(), "temporary folders are left");
}
