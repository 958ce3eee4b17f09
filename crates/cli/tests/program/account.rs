//! Running as root and as an ordinary user. `initdb` and `postgres` refuse root, so as root another account of
//! the machine runs them.

use crate::support::{Running, open_folder, program, seed_cache, seeded_cache};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Prints who the command runs as, and that the server's socket lets it in.
const SCRIPT: &str = "id -u; test -S $PGHOST/.s.PGSQL.$PGPORT && echo reached";

#[test]
fn as_root_the_server_runs_as_another_account() {
    if !is_root() {
        return eprintln!("not run: the tests do not run as root");
    }
    let mut running = Running::start(&[]);
    let url = running.line();
    let owner = std::fs::metadata(running.run_folder(&url).join("data")).expect("a data folder").uid();
    let runs_as = std::fs::metadata(format!("/proc/{}", running.server())).expect("a process").uid();
    assert_ne!(owner, 0, "root owns the data folder");
    assert_eq!(owner, runs_as);
    running.close_stdin();
    assert_eq!(running.end().0, Some(0));
}

/// A cache that only root can enter is no hindrance: servers then live in a folder that all can enter.
#[test]
fn as_root_with_a_closed_cache() {
    if !is_root() {
        return eprintln!("not run: the tests do not run as root");
    }
    let cache = seeded_cache();
    std::fs::set_permissions(cache.path(), std::fs::Permissions::from_mode(0o700)).expect("it is ours");
    let mut running = Running::start_in(cache.path(), &[]);
    let url = running.maybe_line();
    running.close_stdin();
    let (code, stderr) = running.end();
    let Some(url) = url else {
        // A build that lies in the closed cache can't be run; an installed one, and one in an archive, can.
        assert!(stderr.contains("can't be had"), "{stderr}");
        return eprintln!("not run: no PostgreSQL is installed");
    };
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!url.contains(cache.path().to_str().expect("a path")), "{url}");
}

#[test]
fn as_an_ordinary_user() {
    let temp = open_folder();
    let (copy, cache) = (temp.path().join("groundline"), temp.path().join("cache"));
    std::fs::copy(program(), &copy).expect("a copy of the program");
    std::fs::create_dir(&cache).expect("a cache");
    seed_cache(&cache);
    let mut command = Command::new(&copy);
    command.args(["postgres", "run", "--", "sh", "-c", SCRIPT]);
    command.env("HOME", temp.path()).env("TMPDIR", "/tmp").env("GROUNDLINE_CACHE", &cache);
    command.current_dir("/");
    let expected = match is_root() {
        true => {
            let nobody = nobody();
            own(&cache, nobody);
            command.uid(nobody.0).gid(nobody.1);
            nobody.0
        }
        false => {
            eprintln!("not run: what differs for root, as the tests do not run as root");
            rustix::process::geteuid().as_raw()
        }
    };
    let output = command.output().expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{expected}\nreached\n"), "{stderr}");
    assert_eq!(std::fs::metadata(cache.join("template")).expect("it was made").uid(), expected);
    assert_eq!(std::fs::read_dir(cache.join("run")).expect("it was made").count(), 0);
}

/// User and group of `nobody`.
fn nobody() -> (u32, u32) {
    let passwd = std::fs::read_to_string("/etc/passwd").expect("the accounts");
    let line = passwd.lines().find(|line| line.starts_with("nobody:")).expect("an account `nobody`");
    let id = |at: usize| line.split(':').nth(at).and_then(|id| id.parse::<i64>().ok()).expect("an id");
    (id(2) as u32, id(3) as u32)
}

/// Hands the cache and the folder of builds in it over.
fn own(cache: &Path, (uid, gid): (u32, u32)) {
    let builds = cache.join("postgres");
    for folder in [cache, &builds].into_iter().filter(|folder| folder.is_dir()) {
        chown(folder, Some(uid), Some(gid)).expect("root may do that");
    }
}
