//! What could be run here: installed, in the cache, to be fetched. Out: choosing (`resolve`).
//! Called by `groundline postgres list`.

use super::fetch::{explain, is_cached};
use super::installation::Installation;
use super::installed;
use super::pins::{PackageClient, Pin, pins};
use super::room::Room;
use super::wanted::Wanted;
use groundline_core::{Major, Result};
use serde::Serialize;
use std::path::PathBuf;

/// Where a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// Installed on this machine.
    Installed,
    /// In Groundline's cache.
    Cache,
    /// To be fetched with a package client.
    Fetchable,
}

/// A PostgreSQL that could be run here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its major, where its program says it.
    pub major: Option<Major>,
    /// Its version, or the package's.
    pub version: Option<String>,
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// The folder of its programs, or the package's name.
    pub path: PathBuf,
    /// Whether it has `pg_dump`, `pg_restore` and `psql`.
    pub dump_tools: bool,
    /// Why it can't be used, if it can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unusable: Option<String>,
}

/// Everything that could be run here, in the order in which it would be taken for one major: installed, cache,
/// fetchable; the newest major first. Faults: the cache can't be opened.
pub fn survey(wanted: &Wanted) -> Result<Vec<Candidate>> {
    let room = Room::open(&wanted.cache)?;
    let mut found = Vec::new();
    if wanted.use_installed {
        found.extend(installed::inspected(wanted.major).into_iter().map(|(bin, inspected)| {
            let installation = inspected.as_ref().ok();
            let closed = || match room.account.can_enter(&bin) {
                true => None,
                false => {
                    Some(format!("the account {} can't enter it", room.account.name().unwrap_or_default()))
                }
            };
            Candidate {
                major: installation.map(|found| found.version.major()),
                version: installation.map(|found| found.version.to_string()),
                whereabouts: Whereabouts::Installed,
                dump_tools: installation.is_some_and(Installation::has_dump_tools),
                unusable: inspected.as_ref().err().map(explain).or_else(closed),
                path: bin,
            }
        }));
    }
    let of_cache = pins().into_iter().filter(|pin| wanted.major.is_none_or(|major| pin.major == major));
    let (cached, missing): (Vec<Pin>, Vec<Pin>) = of_cache.partition(|pin| is_cached(&room, pin));
    found.extend(cached.iter().map(|pin| package(pin, Whereabouts::Cache)));
    if wanted.allow_fetch {
        found.extend(missing.iter().map(|pin| package(pin, Whereabouts::Fetchable)));
    }
    found.sort_by_key(|candidate| (std::cmp::Reverse(candidate.major), candidate.whereabouts as u8));
    Ok(found)
}

fn package(pin: &Pin, whereabouts: Whereabouts) -> Candidate {
    Candidate {
        major: Some(pin.major),
        version: Some(pin.version.to_owned()),
        whereabouts,
        path: pin.package.into(),
        dump_tools: pin.client == PackageClient::Pip,
        unusable: None,
    }
}
