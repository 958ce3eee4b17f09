//! What the tests of the program share: running it, small projects, and looking for what it left behind.

use assert_cmd::Command;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

mod databases;
pub mod example;
mod layouts;
mod listening;
pub mod node;
pub mod pooler;
pub mod python;
mod running;
#[cfg(target_os = "linux")]
mod stoppable;
pub use databases::Databases;
pub use layouts::{LAYOUTS, project_of};
pub use listening::{Listening, PASSWORD};
pub use running::{Running, open_folder, seed_cache, seeded_cache};
#[cfg(target_os = "linux")]
pub use stoppable::Stoppable;

/// The program's path.
pub fn program() -> PathBuf {
    assert_cmd::cargo::cargo_bin!("groundline").to_owned()
}

/// The program with a temporary folder of its own, so that what it leaves there can be seen.
pub fn groundline(temp: &Path) -> Command {
    let mut command = Command::new(program());
    command.env("TMPDIR", temp).timeout(Duration::from_secs(240));
    command
}

/// Runs the program in a folder, with some variables; returns its exit status, and what it says on both streams.
pub fn told(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    command.current_dir(folder).args(args).env_remove("DATABASE_URL").envs(variables.iter().copied());
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit status"), text(&output.stdout) + &text(&output.stderr))
}

/// The program in the background.
pub fn start(temp: &Path, args: &[&str]) -> Child {
    let mut command = std::process::Command::new(program());
    command.args(args).env("TMPDIR", temp).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// A project: files by path, and their texts.
pub fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// Waits until `found` gives something.
pub fn wait_for<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "waited 60 s for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processes whose command line holds `word`: their ids and command lines.
pub fn processes_with(word: &str) -> Vec<(u32, String)> {
    let all = std::fs::read_dir("/proc").expect("/proc").flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let lines = ids.filter_map(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        Some((id, String::from_utf8_lossy(&line).replace('\0', " ")))
    });
    lines.filter(|(_, line)| line.contains(word)).collect()
}

/// The children of a process, and theirs.
pub fn descendants(of: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    let threads = std::fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
    let of_threads =
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let ids: Vec<u32> = of_threads.chain([listed]).flat_map(|list| parse_ids(&list)).collect();
    let below = ids.iter().flat_map(|id| descendants(*id)).collect::<Vec<_>>();
    let mut all: Vec<u32> = ids.into_iter().chain(below).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn parse_ids(list: &str) -> Vec<u32> {
    list.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// Whether a process runs (a zombie does not).
pub fn runs(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// What is in a folder.
pub fn entries(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).expect("the folder can be read").flatten();
    all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Sends a signal to a process.
pub fn signal(id: u32, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(id).expect("an id")).expect("an id");
    kill_process(id, signal).expect("the process is there");
}
