//! A virtual environment with what `examples/orders-fastapi` asks for, made once in the target folder.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What the tests need beside the example's own requirements.
const MORE: [&str; 2] = ["asyncpg", "sqlalchemy[asyncio]"];

/// The environment's folder; nothing where `GROUNDLINE_SKIP_PYTHON` says that there is to be none.
///
/// # Panics
/// It can't be made: without Python the tests of Alembic fail, they are not passed over in silence.
pub fn environment() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let make = || match std::env::var_os("GROUNDLINE_SKIP_PYTHON") {
        Some(_) => {
            eprintln!("not run: GROUNDLINE_SKIP_PYTHON is set");
            None
        }
        None => Some(made()),
    };
    MADE.get_or_init(make).as_deref()
}

fn made() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alembic");
    let requirements =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/orders-fastapi/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).expect("the requirements") + &MORE.join("\n");
    let done = folder.join("requirements.done");
    // Two processes that test at the same time wait for each other.
    let guard = File::create(folder.with_extension("lock")).expect("a lock file");
    guard.lock().expect("a lock");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return folder;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    let mut install = Command::new(folder.join("bin/pip"));
    run(install
        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&requirements)
        .args(MORE));
    std::fs::write(done, wanted).expect("a mark");
    folder
}

fn run(command: &mut Command) {
    let advice = "the tests of Alembic need python3 with venv and pip, or GROUNDLINE_SKIP_PYTHON=1";
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; {advice}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}; {advice}");
}
