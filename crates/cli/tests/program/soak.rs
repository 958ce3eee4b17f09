//! Upgrades that are killed all along their way, and eight at once under load. `cargo xtask soak` does many; without it
//! a sample of each is done.

use crate::support::{Databases, program, project};
use crate::upgrade::HISTORY;
use crate::upgrade_died::{assert_reaches_head, kill, start};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the contended upgrades are given, and what a writer may wait beyond it: for its turn on a busy machine.
const LOCK_TIMEOUT: Duration = Duration::from_millis(300);
const MARGIN: Duration = Duration::from_millis(1_500);

/// A number of the environment; without it, that of the sample.
pub fn number(name: &str, sample: u32) -> u32 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(sample)
}

#[test]
fn killed_all_along_its_way_it_goes_on() {
    let kills = number("GROUNDLINE_SOAK_KILLS", 6);
    let (databases, project) = (Databases::start(), project(&HISTORY));
    assert_eq!(crate::diff::run(project.path(), &["lock"]).0, 0);
    let url = databases.make("whole", "");
    let started = Instant::now();
    assert!(start(project.path(), &url).wait().expect("the end").success());
    let whole = started.elapsed();
    let mut moments: BTreeMap<String, u32> = BTreeMap::new();
    for round in 0..kills {
        let url = databases.make("killed", "");
        let child = start(project.path(), &url);
        // Until then it reads files and connects.
        let part = 0.4 + 0.6 * f64::from(round) / f64::from(kills);
        std::thread::sleep(whole.mul_f64(part));
        kill(child);
        let last = "select coalesce((xpath('/table/row/w/text()', query_to_xml( \
                    'select kind || coalesce('':'' || version, '''') as w from groundline.event order by id desc limit 1', \
                    false, false, '')))[1]::text, 'nothing') where to_regclass('groundline.event') is not null";
        *moments.entry(databases.rows(&url, last)).or_default() += 1;
        assert_reaches_head(&databases, project.path(), &url);
        databases.server_run("drop database killed with (force)");
    }
    eprintln!("killed {kills} times; the last event was then: {moments:?}");
}

#[test]
fn eight_at_once_under_load_leave_one_of_each() {
    let rounds = number("GROUNDLINE_SOAK_ROUNDS", 2);
    let (databases, project) = (Databases::start(), project(&HISTORY));
    assert_eq!(crate::diff::run(project.path(), &["lock"]).0, 0);
    let mut longest = Duration::ZERO;
    for _ in 0..rounds {
        let url = databases.make("contended", "");
        assert_eq!(crate::diff::run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| write(&url, &over));
            scope.spawn(|| hold(&url, "select count(*) from users, pg_sleep(0.4)", Duration::ZERO, &over));
            scope.spawn(|| hold(&url, "select from users", Duration::from_millis(500), &over));
            let eight: Vec<_> = (0..8).map(|_| scope.spawn(|| upgrade(project.path(), &url))).collect();
            let said: Vec<(bool, String)> =
                eight.into_iter().map(|one| one.join().expect("it ends")).collect();
            over.store(true, Ordering::SeqCst);
            longest = longest.max(writer.join().expect("it ends"));
            said.iter().for_each(|(done, stderr)| {
                assert!(done, "{stderr}");
                assert!(!stderr.contains("deadlock"), "{stderr}");
            });
        });
        databases.run(&url, "delete from users where id > 1");
        assert_reaches_head(&databases, project.path(), &url);
        databases.server_run("drop database contended with (force)");
    }
    eprintln!("{rounds} rounds; the longest wait of a writer was {} ms", longest.as_millis());
    assert!(longest <= LOCK_TIMEOUT + MARGIN, "a writer waited {longest:?}");
}

/// An upgrade that waits for its turn, and gives a lock up in time: whether it did it, and what it said.
fn upgrade(folder: &Path, url: &str) -> (bool, String) {
    let lock_timeout = LOCK_TIMEOUT.as_millis().to_string();
    let mut command = Command::new(program());
    command.args(["upgrade", "--url", url, "--lock-timeout", &lock_timeout, "--retries", "100"]);
    command.current_dir(folder).stdout(Stdio::null());
    let output = command.output().expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Writes until it is over; the longest that one write took.
fn write(url: &str, over: &AtomicBool) -> Duration {
    on_a_session(url, async |client| {
        let mut longest = Duration::ZERO;
        let mut id = 2;
        while !over.load(Ordering::SeqCst) {
            let started = Instant::now();
            client.execute("insert into users values ($1, 'x')", &[&id]).await.expect("a write");
            longest = longest.max(started.elapsed());
            id += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        longest
    })
}

/// Transactions that run a query and stay open for a while, one after the other with a short gap.
fn hold(url: &str, query: &str, idle: Duration, over: &AtomicBool) {
    on_a_session(url, async |client| {
        while !over.load(Ordering::SeqCst) {
            client.batch_execute(&format!("begin; {query}")).await.expect("a query");
            tokio::time::sleep(idle).await;
            client.batch_execute("commit").await.expect("an end");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    });
}

fn on_a_session<T>(url: &str, work: impl AsyncFnOnce(&groundline_pg::client::Client) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = groundline_pg::client::connect(url).await.expect("a connection");
        work(&client).await
    })
}
