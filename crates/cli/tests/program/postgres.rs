//! `groundline postgres`: listing, fetching, and running a server for a command or until it is told to stop.

use crate::support::{Running, groundline, open_folder, runs, seeded_cache, wait_for};
use rustix::process::Signal;
use std::path::Path;

/// Runs `postgres`, with the cache that this machine keeps or one of the test's own; returns exit status,
/// stdout and stderr.
fn postgres(cache: Option<&Path>, args: &[&str]) -> (i32, String, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    command.arg("postgres").args(args).envs(cache.map(|cache| ("GROUNDLINE_CACHE", cache)));
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit status"), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_list_is_a_narrow_table() {
    let cache = open_folder();
    let (code, stdout, stderr) = postgres(Some(cache.path()), &["list"]);
    assert_eq!(code, 0, "{stderr}");
    let (head, rows) = stdout.split_once('\n').expect("a head");
    assert!(head.starts_with("major  version") && head.ends_with("dump tools  path or package"), "{head}");
    let last = head.find("path or package").expect("the last column");
    assert!(last < 60, "{head}");
    for row in rows.lines().filter(|row| !row.contains("not usable")) {
        let (fixed, path) = row.split_at(last);
        assert!(fixed.ends_with("  ") && !path.starts_with(' '), "{stdout}");
    }
}

#[test]
fn the_list_as_json_names_every_candidate() {
    let cache = open_folder();
    let (code, stdout, stderr) = postgres(Some(cache.path()), &["list", "--format", "json"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(json["cache"].as_str(), cache.path().to_str());
    for server in json["servers"].as_array().expect("a list") {
        assert!(server["major"].is_u64() || !server["unusable"].is_null(), "{server}");
        let place = server["whereabouts"].as_str().expect("a place");
        assert!(["installed", "cache", "fetchable"].contains(&place), "{server}");
        assert!(server["dump_tools"].is_boolean() && server["path"].is_string(), "{server}");
    }
}

#[test]
fn nothing_to_list_is_said() {
    let cache = open_folder();
    let (code, stdout, stderr) =
        postgres(Some(cache.path()), &["list", "--offline", "--no-installed-postgres"]);
    assert_eq!(code, 0);
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    assert!(stderr.starts_with("0 servers"), "{stderr}");
}

#[test]
fn a_major_to_fetch_that_does_not_exist() {
    let cache = open_folder();
    let (code, _, stderr) = postgres(Some(cache.path()), &["fetch", "13"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("supported are 14, 15, 16, 17, 18"), "{stderr}");
}

#[test]
fn offline_nothing_is_fetched() {
    let cache = open_folder();
    for (major, faults) in [("17", 1), ("all", 5)] {
        let (code, stdout, stderr) = postgres(Some(cache.path()), &["fetch", major, "--offline"]);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert_eq!(stderr.matches("is not in the cache").count(), faults, "{stderr}");
    }
}

/// With the cache that this machine keeps, so that a build is downloaded once a machine.
#[test]
fn what_was_fetched_is_not_fetched_again() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let major = std::env::var("GROUNDLINE_POSTGRES").unwrap_or("17".to_owned());
    let fetch = || groundline(temp.path()).args(["postgres", "fetch", &major]).output().expect("it runs");
    let first = fetch();
    let said = String::from_utf8_lossy(&first.stderr).into_owned();
    if first.status.code() == Some(2) && said.contains("could not fetch") {
        return eprintln!("not run: PostgreSQL {major} can't be fetched here\n{said}");
    }
    assert_eq!(first.status.code(), Some(0), "{said}");
    let bin = String::from_utf8_lossy(&first.stdout).trim().to_owned();
    assert!(Path::new(&bin).join("postgres").is_file(), "{bin}");
    let second = fetch();
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("is in the cache already") && !said.contains("fetching"), "{said}");
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn a_command_finds_the_server_and_its_status_is_ours() {
    let script = "echo $DATABASE_URL $PGHOST $PGPORT $PGUSER $PGDATABASE; \
        test -x ${PATH%%:*}/postgres && test -S $PGHOST/.s.PGSQL.$PGPORT && exit 7";
    let (code, stdout, stderr) = postgres(None, &["run", "--", "sh", "-c", script]);
    assert_eq!(code, 7, "{stdout}{stderr}");
    let words: Vec<&str> = stdout.split_whitespace().collect();
    let [url, host, "5432", "postgres", database] = words[..] else { panic!("{stdout}") };
    assert_eq!(url, format!("postgresql:///{database}?host={host}&user=postgres"));
    assert!(!Path::new(host).exists(), "the server is left");
}

#[test]
fn a_command_that_is_not_there() {
    let cache = seeded_cache();
    let (code, _, stderr) = postgres(Some(cache.path()), &["run", "--", "no-such-command"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("could not start `no-such-command`"), "{stderr}");
    assert_eq!(std::fs::read_dir(cache.path().join("run")).expect("it was made").count(), 0);
}

#[test]
fn a_command_that_a_signal_ends() {
    let (code, ..) = postgres(None, &["run", "--", "sh", "-c", "kill -TERM $$"]);
    assert_eq!(code, 128 + 15);
}

#[test]
fn signals_are_the_command_s_to_answer() {
    let script = "trap 'exit 9' TERM; echo $PGHOST; while :; do sleep 0.1; done";
    let mut running = Running::start(&["--", "sh", "-c", script]);
    let sockets = running.line();
    running.signal(Signal::TERM);
    let (code, stderr) = running.end();
    assert_eq!(code, Some(9), "{stderr}");
    assert!(!Path::new(&sockets).exists(), "the server is left");
}

/// Starts a server, ends it, and looks at what is left.
fn ended_by(end: impl FnOnce(&mut Running)) {
    let mut running = Running::start(&[]);
    let url = running.line();
    assert!(url.starts_with("postgresql:///gl_run_1?host=/"), "{url}");
    let (folder, server) = (running.run_folder(&url), running.server());
    assert!(folder.is_dir() && runs(server));
    end(&mut running);
    let (code, stderr) = running.end();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.starts_with("PostgreSQL ") && !stderr.contains("error"), "{stderr}");
    assert!(!folder.exists() && !runs(server), "the server is left");
}

#[test]
fn without_a_command_it_runs_until_ctrl_c() {
    ended_by(|running| running.signal(Signal::INT));
}

#[test]
fn without_a_command_it_runs_until_sigterm() {
    ended_by(|running| running.signal(Signal::TERM));
}

#[test]
fn without_a_command_it_runs_until_its_stdin_is_closed() {
    ended_by(Running::close_stdin);
}

#[test]
fn a_server_that_ends_is_a_fault() {
    let mut running = Running::start(&[]);
    running.line();
    crate::support::signal(running.server(), Signal::QUIT);
    let (code, stderr) = running.end();
    assert_eq!(code, Some(2));
    assert!(stderr.contains("the shadow server ended in the middle of the run"), "{stderr}");
}

/// On a cache in which nothing is prepared: one of them runs `initdb`, the others wait for it.
#[test]
fn two_at_once_share_a_cache() {
    let cache = seeded_cache();
    let mut running = [0, 1, 2].map(|_| Running::start_in(cache.path(), &[]));
    let urls = running.each_mut().map(Running::line);
    let folders: Vec<_> = running.iter().zip(&urls).map(|(running, url)| running.run_folder(url)).collect();
    assert!(folders[0] != folders[1] && folders[1] != folders[2], "{urls:?}");
    assert!(folders.iter().all(|folder| folder.is_dir()));
    assert_eq!(std::fs::read_dir(cache.path().join("template")).expect("it was made").count(), 1);
    for mut one in running {
        one.close_stdin();
        assert_eq!(one.end().0, Some(0));
    }
    wait_for("the folders to be gone", || folders.iter().all(|folder| !folder.exists()).then_some(()));
}
