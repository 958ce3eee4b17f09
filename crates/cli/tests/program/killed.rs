//! What `kill -9` leaves: no server, and nothing that the next start does not sweep.

use crate::support::{Running, runs, seeded_cache, wait_for};
use rustix::process::Signal;

#[test]
fn no_server_outlives_a_kill_and_the_next_start_sweeps_its_folder() {
    let cache = seeded_cache();
    let mut killed = Running::start_in(cache.path(), &[]);
    let url = killed.line();
    let (folder, server) = (killed.run_folder(&url), killed.server());
    killed.signal(Signal::KILL);
    assert_eq!(killed.end().0, None);
    wait_for("the server to be gone", || (!runs(server)).then_some(()));
    assert!(folder.exists(), "there is nothing to sweep");

    let mut next = Running::start_in(cache.path(), &[]);
    next.line();
    assert!(!folder.exists(), "the folder of the killed run is left");
    next.close_stdin();
    assert_eq!(next.end().0, Some(0));
}

#[test]
fn a_killed_run_s_databases_at_a_url_are_dropped_by_the_next() {
    let mut theirs = Running::start(&[]);
    let url = theirs.line();
    let on_theirs = ["--shadow-url", url.as_str()];
    let mut killed = Running::start(&on_theirs);
    let left = database(&killed.line());
    assert!(left.starts_with("gl_run_r"), "{left}");
    killed.signal(Signal::KILL);
    assert_eq!(killed.end().0, None);

    // The server notices that the session is gone a moment later.
    wait_for("the database to be dropped", || {
        let mut next = Running::start(&on_theirs);
        let its = database(&next.line());
        assert_ne!(its, left);
        next.close_stdin();
        assert_eq!(next.end().0, Some(0));
        let mut look = Running::start(&["--shadow-url", &url.replace("gl_run_1", &left)]);
        let connected = look.maybe_line().is_some();
        look.close_stdin();
        let (_, stderr) = look.end();
        assert!(connected || stderr.contains("does not exist"), "{stderr}");
        (!connected).then_some(())
    });
    theirs.close_stdin();
    assert_eq!(theirs.end().0, Some(0));
}

fn database(url: &str) -> String {
    let rest = url.strip_prefix("postgresql:///").expect("the URL of a socket");
    rest.split('?').next().unwrap_or_default().to_owned()
}
