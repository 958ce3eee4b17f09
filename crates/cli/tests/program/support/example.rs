//! Copies of the examples in a repository of their own, and shells in which `groundline` is the program under test.

use super::{groundline, program};
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root")
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the folder can be read").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("a file can be copied")),
        }
    }
}

/// Copies an example as git has it: what runs left in its folder stays where it is.
pub fn copy_example(name: &str, to: &Path) {
    let from = root().join("examples").join(name);
    let listed = Command::new("git")
        .current_dir(&from)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "."])
        .output();
    let listed = listed.expect("git runs");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    for file in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
        let target = to.join(file);
        std::fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
        std::fs::copy(from.join(file), target).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}

/// Runs git as ana.
pub fn git(folder: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=ana", "-c", "user.email=ana@example.org"];
    let done = Command::new("git").current_dir(folder).args(identity).args(args).output().expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Makes a folder a repository with one commit of all that is in it.
pub fn commit_all(folder: &Path) {
    git(folder, &["init", "--quiet", "-b", "main"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "The project as it was"]);
}

/// A folder of programs: the one under test, and a cargo that spares the release build.
pub fn programs(bin: &Path) {
    std::fs::create_dir_all(bin).expect("a folder");
    symlink(program(), bin.join("groundline")).expect("a link to the program");
    let (cargo, manifest) = (env!("CARGO"), root().join("Cargo.toml"));
    let script = format!(
        "#!/bin/sh\nverb=$1; shift\nfor word; do shift; [ \"$word\" = --release ] || set -- \"$@\" \"$word\"; done\n\
         exec '{cargo}' \"$verb\" --manifest-path '{}' \"$@\"\n",
        manifest.display()
    );
    script_file(&bin.join("cargo"), &script);
    // Fetching a server is announced: that is over before the first command.
    groundline(bin).args(["postgres", "run", "--", "true"]).assert().success();
}

/// Writes a program.
pub fn script_file(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a script");
    std::fs::set_permissions(path, Permissions::from_mode(0o755)).expect("a program");
}

/// Runs a command line with a folder of programs on PATH; returns its exit status, and stdout and stderr together.
pub fn shell(folder: &Path, bin: &Path, command: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1; {command}")).current_dir(folder);
    shell.env("PATH", format!("{}:{path}", bin.display())).env("LC_ALL", "C.UTF-8");
    for name in ["GROUNDLINE_SNAPSHOT_URL", "DATABASE_URL", "GROUNDLINE_OPERATOR"] {
        shell.env_remove(name);
    }
    let output = shell.envs(variables.iter().copied()).output().expect("a shell");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}
