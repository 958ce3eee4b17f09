//! A folder with node-postgres, installed once in the target folder, for the snippets that a service in Node takes over.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The driver.
const DRIVER: &str = "pg@8";

/// The folder; nothing on a machine without npm, which the tests do not need otherwise.
///
/// # Panics
/// npm is there, and does not install the driver.
pub fn environment() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let make = || match Command::new("npm").arg("--version").output() {
        Err(_) => {
            eprintln!("not run: there is no npm on this machine");
            None
        }
        Ok(_) => Some(made()),
    };
    MADE.get_or_init(make).as_deref()
}

fn made() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
    std::fs::create_dir_all(&folder).expect("a folder");
    // Two processes that test at the same time wait for each other.
    let guard = File::create(folder.with_extension("lock")).expect("a lock file");
    guard.lock().expect("a lock");
    if folder.join("node_modules/pg/package.json").is_file() {
        return folder;
    }
    let mut install = Command::new("npm");
    install
        .args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"])
        .arg(&folder)
        .arg(DRIVER);
    let output = install.output().expect("npm runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}
