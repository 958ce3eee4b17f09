//! The folder tree that servers live in: builds, prepared data folders, running servers, locks.
//! As root it has to be one that the server's account can enter; where the cache is not, the tree lies in the
//! system's cache folder and the cache keeps only what was fetched. Called by everything in `server`.

use super::account::Account;
use groundline_core::{Digest, Fault, Place, Result};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The folder tree of a cache, and the account that enters it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// Where fetched package files are kept.
    pub cache: PathBuf,
    /// Where servers live: the cache itself, unless the account can't enter it.
    root: PathBuf,
    /// Who runs the servers.
    pub account: Account,
}

impl Room {
    /// Makes the tree where it is missing.
    pub fn open(cache: &Path) -> Result<Self> {
        let account = Account::choose()?;
        let mode = if account.is_other() { 0o755 } else { 0o700 };
        make_folders(cache, mode)?;
        let cache = cache.canonicalize().map_err(|error| Fault::io("open the cache", cache, &error))?;
        let root = match account.can_enter(&cache) {
            true => cache.clone(),
            false => shared_root(&cache, &account)?,
        };
        let room = Self { cache, root, account };
        for folder in [room.archives(), room.builds(), room.templates(), room.runs(), room.root.join("lock")]
        {
            make_folders(&folder, mode)?;
        }
        Ok(room)
    }

    /// Folder of fetched package files.
    pub fn archives(&self) -> PathBuf {
        self.cache.join("archive")
    }

    /// Folder of unpacked builds.
    pub fn builds(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// Folder of prepared data folders.
    pub fn templates(&self) -> PathBuf {
        self.root.join("template")
    }

    /// Folder of running servers.
    pub fn runs(&self) -> PathBuf {
        self.root.join("run")
    }

    /// The tree's own folder, which the account can enter.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes a folder that belongs to the server's account alone, as PostgreSQL asks of a data folder.
    pub fn make_private(&self, path: &Path) -> Result<()> {
        let made = DirBuilder::new().mode(0o700).create(path);
        made.map_err(|error| Fault::io("make a folder for the server", path, &error))?;
        self.account.give(path)
    }

    /// Takes a lock between processes and waits for it; `waiting` is called once if another holds it.
    pub async fn lock(&self, name: &str, waiting: impl FnOnce()) -> Result<File> {
        let path = self.root.join("lock").join(name);
        let file = open_lock(&path)?;
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        waiting();
        let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
        let locked = locked.map_err(std::io::Error::other).and_then(|locked| locked);
        locked.map_err(|error| Fault::io("lock a file", path, &error))
    }

    /// The same for moments that are too short to wait for elsewhere.
    pub fn lock_briefly(&self, name: &str) -> Result<File> {
        let path = self.root.join("lock").join(name);
        let file = open_lock(&path)?;
        file.lock().map_err(|error| Fault::io("lock a file", path, &error))?;
        Ok(file)
    }
}

/// Opens a file to lock, and makes it if need be.
pub(crate) fn open_lock(path: &Path) -> Result<File> {
    let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
    opened.map_err(|error| Fault::io("open a lock file", path, &error))
}

/// Folder for what is kept between runs: the user's cache folder, the system's for root, and where neither can
/// be written to, one below the temporary folder. `GROUNDLINE_CACHE` is the caller's to read.
pub fn default_cache() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return system_cache();
    }
    let users = directories::BaseDirs::new().map(|folders| folders.cache_dir().join("groundline"));
    users.filter(|folder| could_write(folder)).unwrap_or_else(|| {
        std::env::temp_dir().join(format!("groundline-{}", rustix::process::geteuid().as_raw()))
    })
}

/// Removes a folder with all that is in it; one that is gone already is fine.
pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Fault::io("remove a folder", path, &error)),
        _ => Ok(()),
    }
}

fn system_cache() -> PathBuf {
    let known = ["/var/cache", "/Library/Caches"].map(Path::new);
    let found = known.into_iter().find(|folder| folder.is_dir()).map(Path::to_path_buf);
    found.unwrap_or_else(std::env::temp_dir).join("groundline")
}

/// A tree for a cache that the server's account can't enter, told apart by the cache's path.
fn shared_root(cache: &Path, account: &Account) -> Result<PathBuf> {
    let root = system_cache().join(format!("for-{}", Digest::of(cache.as_os_str().as_bytes()).short()));
    make_folders(&root, 0o755)?;
    if account.can_enter(&root) {
        return Ok(root);
    }
    let name = account.name().unwrap_or("the server's account");
    Err(Fault::new(format!("the account {name}, which runs PostgreSQL for root, can't enter the cache"))
        .at(Place::file(cache))
        .why(format!("nor can it enter {}", root.display()))
        .next("set GROUNDLINE_CACHE to a folder that every account can enter, such as one below /var/cache"))
}

fn could_write(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    let existing = folder.ancestors().find(|ancestor| ancestor.exists());
    existing.is_some_and(|existing| access(existing, Access::WRITE_OK | Access::EXEC_OK).is_ok())
}

/// Makes a folder and its missing parents with this mode, whatever the umask.
fn make_folders(path: &Path, mode: u32) -> Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    for folder in missing.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
        match fs::create_dir(folder) {
            Ok(()) => fs::set_permissions(folder, Permissions::from_mode(mode)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
        .map_err(|error| {
            let fault = Fault::io("make a folder of the cache", folder, &error);
            fault.next("set GROUNDLINE_CACHE to a folder that can be written to")
        })?;
    }
    Ok(())
}
