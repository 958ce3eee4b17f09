//! A server that a test stops and starts: made with `initdb` and `pg_ctl` of the installation that Groundline takes,
//! as the account that Groundline runs it as. Out: servers that end with the test (`Running`).

use super::{Running, open_folder};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

pub struct Stoppable {
    folder: tempfile::TempDir,
    bin: PathBuf,
    account: (u32, u32),
    libraries: Option<String>,
}

impl Stoppable {
    /// Makes it, and starts it.
    pub fn start() -> Self {
        let mut like = Running::start(&[]);
        like.line();
        let process = PathBuf::from(format!("/proc/{}", like.server()));
        let program = std::fs::read_link(process.join("exe")).expect("its program");
        let owner = std::fs::metadata(&process).expect("its account");
        let environment = std::fs::read_to_string(process.join("environ")).expect("its environment");
        let libraries = environment.split('\0').find_map(|one| one.strip_prefix("LD_LIBRARY_PATH="));
        let server = Self {
            folder: open_folder(),
            bin: program.parent().expect("its folder").to_owned(),
            account: (owner.uid(), owner.gid()),
            libraries: libraries.map(str::to_owned),
        };
        let (uid, gid) = server.account;
        chown(server.folder.path(), Some(uid), Some(gid)).expect("it is ours to give");
        server.run("initdb", &["--username", "postgres", "--auth", "trust", "--no-sync"]);
        server.start_again();
        server
    }

    /// The URL of its first database.
    pub fn url(&self) -> String {
        format!("postgresql:///postgres?host={}&user=postgres", self.folder.path().display())
    }

    /// Ends its sessions without a word, as a crash does.
    pub fn stop_immediate(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }

    pub fn start_again(&self) {
        let options = format!("-c listen_addresses= -c fsync=off -k {}", self.folder.path().display());
        self.run("pg_ctl", &["-w", "-l", "log", "-o", &options, "start"]);
    }

    fn run(&self, name: &str, args: &[&str]) {
        let mut command = Command::new(self.bin.join(name));
        command.args(args).env("PGDATA", self.folder.path().join("data")).current_dir(self.folder.path());
        command.uid(self.account.0).gid(self.account.1);
        command.envs(self.libraries.iter().map(|libraries| ("LD_LIBRARY_PATH", libraries)));
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().expect("it runs");
        assert!(status.success(), "{name} {args:?}: {status}");
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        self.stop_immediate();
    }
}
