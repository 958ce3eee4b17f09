//! The folder of one running server, and the sweeping of those whose Groundline was killed.
//! A folder is in use as long as its lock file is held: process ids come round again, locks do not.
//! Out: the server process. Called by `start`.

use super::room::{Room, open_lock, remove_folder};
use groundline_core::{Fault, Result};
use rustix::process::{Pid, Signal};
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The port, which on a socket folder of one's own says nothing.
pub(crate) const PORT: u16 = 5432;

/// The longest path of a socket: `sun_path` has 108 bytes on Linux, 104 elsewhere, with a closing NUL.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// How long a server that lost its Groundline may take to go.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(5);

/// The folder of one running server. Dropping it removes the folder.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    sockets: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// Makes a folder and takes its lock.
    pub fn make(room: &Room) -> Result<Self> {
        // Held against a sweep that would see the folder before its lock is taken.
        let _making = room.lock_briefly("runs")?;
        let made = tempfile::Builder::new().prefix("").tempdir_in(room.runs());
        let made = made.map_err(|error| Fault::io("make a folder for the server", room.runs(), &error))?;
        let path = made.keep();
        open_to_account(room, &path)?;
        let lock = open_lock(&path.join("lock"))?;
        lock.lock().map_err(|error| Fault::io("lock a file", path.join("lock"), &error))?;
        let sockets = path.join("s");
        let mut folder = Self { sockets, path, _lock: lock };
        if !fits(&folder.sockets) {
            folder.sockets = short_folder(&folder.path)?;
        }
        room.make_private(&folder.sockets)?;
        Ok(folder)
    }

    /// Removes the folder.
    pub fn remove(self) -> Result<()> {
        remove_run(&self.path)
    }

    /// The data folder, not made yet.
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// The folder of the socket.
    pub fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.path.join("log")
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // What can't be removed now is swept by the next start: the lock goes with this process.
        let _ = remove_run(&self.path);
    }
}

/// Removes the folders of servers whose Groundline is gone, and those servers if they still run.
pub(crate) fn sweep(room: &Room) -> Result<()> {
    let stale = {
        let _looking = room.lock_briefly("runs")?;
        let entries = fs::read_dir(room.runs());
        let entries = entries.map_err(|error| Fault::io("look for old servers", room.runs(), &error))?;
        let claim = |path: PathBuf| {
            let lock = open_lock(&path.join("lock")).ok()?;
            lock.try_lock().ok()?;
            Some((path, lock))
        };
        entries.flatten().filter_map(|entry| claim(entry.path())).collect::<Vec<_>>()
    };
    for (path, _lock) in stale {
        end_orphan(&path.join("data"));
        remove_run(&path)?;
    }
    Ok(())
}

/// As root the folder has to be open to the account; else it is nobody's business.
fn open_to_account(room: &Room, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if room.account.is_other() { 0o755 } else { 0o700 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(|error| Fault::io("make a folder for the server", path, &error))
}

fn fits(sockets: &Path) -> bool {
    let socket = sockets.join(format!(".s.PGSQL.{PORT}"));
    // PostgreSQL's lock file beside it is the longer name, but only the socket's is limited.
    socket.as_os_str().as_bytes().len() <= SOCKET_PATH_MAX
}

/// A short path for the sockets of a run folder whose own is too long; a link in the run folder tells a sweep.
fn short_folder(run: &Path) -> Result<PathBuf> {
    let mut candidates = vec![std::env::temp_dir()];
    candidates.extend(["/tmp", "/var/tmp"].map(PathBuf::from));
    let made = candidates.iter().filter(|base| fits(&base.join("groundline-XXXXXX/s"))).find_map(|base| {
        let folder = tempfile::Builder::new().prefix("groundline-").tempdir_in(base).ok()?;
        Some(folder.keep())
    });
    let outer = made.ok_or_else(|| Fault::new("there is no folder with a path short enough for a socket"))?;
    use std::os::unix::fs::PermissionsExt as _;
    // The socket folder inside is closed to others; this one only leads to it.
    fs::set_permissions(&outer, fs::Permissions::from_mode(0o711))
        .and_then(|()| std::os::unix::fs::symlink(&outer, run.join("sockets")))
        .map_err(|error| Fault::io("make a folder for the server's socket", &outer, &error))?;
    Ok(outer.join("s"))
}

fn remove_run(path: &Path) -> Result<()> {
    if let Ok(outer) = fs::read_link(path.join("sockets")) {
        remove_folder(&outer)?;
    }
    // The lock file goes last, so that a removal which is cut short is taken up by the next sweep.
    remove_folder(&path.join("data"))?;
    remove_folder(path)
}

/// Stops a server that runs on this data folder although its Groundline is gone. Its process is told from
/// another with the same id by its working folder. Elsewhere than on Linux the server notices by itself that
/// its data folder has gone, within a minute.
fn end_orphan(data: &Path) {
    let Some(pid) = running_on(data) else { return };
    let _ = rustix::process::kill_process(pid, Signal::QUIT);
    let until = Instant::now() + ORPHAN_PATIENCE;
    while running_on(data).is_some() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    if running_on(data).is_some() {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

fn running_on(data: &Path) -> Option<Pid> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid = text.lines().next()?.trim().parse().ok().and_then(Pid::from_raw)?;
    let folder = fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).ok()?;
    (folder == data).then_some(pid)
}
