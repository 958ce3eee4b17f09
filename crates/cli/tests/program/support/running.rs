//! `groundline postgres run` in the background, and caches of a test's own that hold the build at hand.

use super::{descendants, groundline, program, signal, wait_for};
use rustix::process::Signal;
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

/// A program that runs a server. Its stdin is a pipe that this holds.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    /// With the cache that this machine keeps.
    pub fn start(args: &[&str]) -> Self {
        Self::spawn(Command::new(program()).args(["postgres", "run"]).args(args))
    }

    /// With a cache of the test's own.
    pub fn start_in(cache: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(program());
        Self::spawn(command.args(["postgres", "run"]).args(args).env("GROUNDLINE_CACHE", cache))
    }

    fn spawn(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { stdin: child.stdin.take(), stdout, child }
    }

    /// The next line of its stdout.
    pub fn line(&mut self) -> String {
        self.maybe_line().unwrap_or_else(|| panic!("it ended: {}", self.stderr()))
    }

    /// The next line of its stdout, or `None` where it ends without.
    pub fn maybe_line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it can be read");
        line.strip_suffix('\n').map(str::to_owned)
    }

    /// The folder of its run, from the URL that it printed.
    pub fn run_folder(&self, url: &str) -> PathBuf {
        let host = url.split_once("host=").and_then(|(_, rest)| rest.split('&').next());
        Path::new(host.expect("the URL of a socket")).parent().expect("a parent").to_owned()
    }

    /// The process of its server: the parent of the others.
    pub fn server(&self) -> u32 {
        let is_server = |id: &u32| {
            let program = std::fs::read_link(format!("/proc/{id}/exe"));
            program.is_ok_and(|program| program.ends_with("postgres"))
        };
        wait_for("the server", || descendants(self.child.id()).into_iter().filter(is_server).min())
    }

    pub fn signal(&self, which: Signal) {
        signal(self.child.id(), which);
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end: exit status and stderr. Its stdin is open until then.
    pub fn end(mut self) -> (Option<i32>, String) {
        let stdin = self.stdin.take();
        let stderr = self.stderr();
        let status = self.child.wait().expect("it ends");
        drop(stdin);
        (status.code(), stderr)
    }

    fn stderr(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().expect("read once").read_to_string(&mut text).expect("it can be read");
        text
    }
}

/// A temporary folder that every account can enter: as root, the server runs as another one.
pub fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

/// A cache of a test's own in which the build at hand is the only one, and no data folder is prepared.
pub fn seeded_cache() -> tempfile::TempDir {
    let folder = open_folder();
    seed_cache(folder.path());
    folder
}

/// Puts the build at hand into a cache; nothing where it is an installed one, which is found without.
pub fn seed_cache(cache: &Path) {
    static BUILD: OnceLock<Option<PathBuf>> = OnceLock::new();
    if let Some(build) = BUILD.get_or_init(build_at_hand) {
        let builds = cache.join("postgres");
        std::fs::create_dir_all(&builds).expect("a folder of the cache");
        symlink(build, builds.join(build.file_name().expect("a name"))).expect("a link to the build");
    }
}

/// The folder of a fetched build, from the cache that this machine keeps; fetched now where it must be.
fn build_at_hand() -> Option<PathBuf> {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let script = "cd -P ${PATH%%:*} && pwd";
    let output = groundline(temp.path()).args(["postgres", "run", "--", "sh", "-c", script]).output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "no PostgreSQL: {}", String::from_utf8_lossy(&output.stderr));
    let bin = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let is_cached = |folder: &&Path| {
        let builds = folder.parent().filter(|builds| builds.ends_with("postgres"));
        builds.is_some_and(|builds| builds.with_file_name("template").is_dir())
    };
    bin.ancestors().find(is_cached).map(Path::to_owned)
}
