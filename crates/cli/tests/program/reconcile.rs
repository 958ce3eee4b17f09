//! `groundline reconcile`: drift becomes a revision for all databases, or is taken back; nothing is chosen for a person.

use crate::diff::run;
use crate::support::{Databases, project};

const HISTORY: [(&str, &str); 4] = [
    ("migrations/0001_users.up.sql", "create table users (id int primary key, email text);"),
    ("migrations/0001_users.down.sql", "drop table users;"),
    ("migrations/0002_mail.up.sql", "create index users_by_email on users (email);"),
    ("migrations/0002_mail.down.sql", "drop index users_by_email;"),
];
const BY_HAND: &str = "alter table users add column nick text; create index by_nick on users (nick); \
                       drop index users_by_email;";
const LAYOUT: [&str; 2] = ["--layout", "groundline"];

#[test]
fn drift_is_captured_for_all_databases() {
    let (databases, folder) = (Databases::start(), project(&HISTORY));
    let (one, other) = (databases.make("one", ""), databases.make("other", ""));
    let ground = |args: &[&str]| run(folder.path(), &[args, &LAYOUT].concat());
    for url in [&one, &other] {
        assert_eq!(ground(&["upgrade", "--url", url]).0, 0);
    }
    let (code, stdout, stderr) = ground(&["reconcile", &one]);
    assert!(code == 0 && stderr.contains("nothing to reconcile"), "{stdout}{stderr}");
    databases.run(&one, BY_HAND);
    let (code, stdout, stderr) = ground(&["reconcile", &one]);
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stdout.contains("+ column nick") && stderr.contains("--capture") && stderr.contains("--undo"),
        "{stderr}"
    );
    let (code, stdout, stderr) = ground(&["reconcile", &one, "--capture", "nicks"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("proven: up to the schema of") && !stdout.contains("pass"), "{stdout}");
    let newest = std::fs::read_dir(folder.path().join("migrations")).expect("the folder").count() / 2;
    assert_eq!(ground(&["stamp", &newest.to_string(), &one]).0, 0);
    for url in [&one, &other] {
        let (code, stdout, stderr) = ground(&["upgrade", "--url", url]);
        assert_eq!(code, 0, "{stdout}{stderr}");
        assert_eq!(ground(&["drift", url]).0, 0);
    }
}

#[test]
fn drift_is_taken_back() {
    let (databases, folder) = (Databases::start(), project(&HISTORY));
    let url = databases.make("one", "");
    let ground = |args: &[&str]| run(folder.path(), &[args, &LAYOUT].concat());
    assert_eq!(ground(&["upgrade", "1", "--url", &url]).0, 0);
    databases
        .run(&url, "alter table users add column nick text; alter table users alter email set not null;");
    let (code, stdout, stderr) = ground(&["reconcile", &url, "--undo"]);
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stderr.contains("left out: column public.users.nick") && !stdout.contains("nick"),
        "{stdout}{stderr}"
    );
    let (code, stdout, stderr) = ground(&["reconcile", &url, "--undo", "--allow-destructive"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(ground(&["drift", &url]).0, 1, "nothing was run");
    databases.run(&url, &stdout);
    assert_eq!(ground(&["drift", &url]).0, 0, "{stdout}");
    databases.run(&url, "alter table users add column nick text");
    let (code, _, stderr) = ground(&["reconcile", &url, "--capture", "nicks"]);
    assert!(code == 2 && stderr.contains("pending: 2 mail"), "{stderr}");
}
