//! From what is wanted to an installation that passed its trial: installed, cache, fetched, or the nearest
//! other major where that is allowed. Out: a URL of the user's (`external`). Called by `start`.

use super::advice;
use super::fetch::{cached, explain, fetch_major};
use super::installation::Installation;
use super::installed::installed;
use super::room::Room;
use super::template;
use super::wanted::{Announce, OtherMajor, Wanted};
use groundline_core::{Fault, Major, Result};
use std::path::PathBuf;

/// An installation and its prepared data folder.
pub(crate) struct Resolved {
    pub installation: Installation,
    pub template: PathBuf,
    pub other_major: Option<OtherMajor>,
}

/// Finds an installation, in the order of the module's first line. What fails is passed over and told in the
/// fault if nothing is left.
pub(crate) async fn resolve(room: &Room, wanted: &Wanted, announce: &dyn Announce) -> Result<Resolved> {
    let mut tried = Vec::new();
    if let Some(found) = at_hand(room, wanted, wanted.major, &mut tried).await {
        return Ok(found);
    }
    let to_fetch = wanted.major.unwrap_or(Major::NEWEST);
    match fetch(room, wanted, to_fetch, announce).await {
        Ok(found) => return Ok(found),
        Err(fault) => tried.push(explain(&fault)),
    }
    if let (Some(major), true) = (wanted.major, wanted.allow_other_major)
        && let Some(found) = nearest(room, wanted, major, &mut tried).await
    {
        let its = found.installation.version;
        announce.say(&format!("PostgreSQL {major} can't be had: {its} stands in for it"));
        return Ok(Resolved { other_major: Some(OtherMajor { wanted: major }), ..found });
    }
    Err(nothing(to_fetch, wanted, &tried))
}

async fn fetch(room: &Room, wanted: &Wanted, major: Major, announce: &dyn Announce) -> Result<Resolved> {
    if !wanted.allow_fetch {
        return Err(Fault::new("fetching was not allowed"));
    }
    let installation = fetch_major(room, major, announce).await?;
    let template = template::prepare(room, &installation).await?;
    Ok(Resolved { installation, template, other_major: None })
}

/// The first installed or cached one that passes its trial; without a major the newest first.
async fn at_hand(
    room: &Room,
    wanted: &Wanted,
    major: Option<Major>,
    tried: &mut Vec<String>,
) -> Option<Resolved> {
    if wanted.use_installed {
        let before = tried.len();
        if let Some(found) = first_that_works(room, installed(major), tried).await {
            return Some(found);
        }
        if tried.len() == before {
            tried.push(not_found("installed on this machine", major));
        }
    } else {
        tried.push("an installed one was not to be used".into());
    }
    let before = tried.len();
    let in_cache = cached(room, major, tried).await;
    let found = first_that_works(room, in_cache, tried).await;
    if found.is_none() && tried.len() == before {
        tried.push(not_found(&format!("in the cache {}", room.cache.display()), major));
    }
    found
}

async fn first_that_works(
    room: &Room,
    candidates: Vec<Installation>,
    tried: &mut Vec<String>,
) -> Option<Resolved> {
    for installation in candidates {
        match template::prepare(room, &installation).await {
            Ok(template) => return Some(Resolved { installation, template, other_major: None }),
            Err(fault) => tried.push(format!("{}: {}", installation.bin.display(), explain(&fault))),
        }
    }
    None
}

/// The major at hand that is least far away; of two equally far the newer.
async fn nearest(room: &Room, wanted: &Wanted, major: Major, tried: &mut Vec<String>) -> Option<Resolved> {
    let mut candidates = if wanted.use_installed { installed(None) } else { Vec::new() };
    candidates.extend(cached(room, None, tried).await);
    candidates.sort_by_key(|candidate| {
        let its = candidate.version.major().number();
        (its.abs_diff(major.number()), std::cmp::Reverse(its))
    });
    first_that_works(room, candidates, tried).await
}

fn not_found(place: &str, major: Option<Major>) -> String {
    match major {
        Some(major) => format!("PostgreSQL {major} is not {place}"),
        None => format!("no PostgreSQL is {place}"),
    }
}

fn nothing(major: Major, wanted: &Wanted, tried: &[String]) -> Fault {
    let mut next = format!("install it: {}", advice::install(major));
    if !wanted.use_installed {
        next.push_str(", and leave out --no-installed-postgres");
    }
    next.push_str("\nor give the URL of a server of this major: --shadow-url");
    if !wanted.allow_fetch {
        next.push_str("\nor let groundline fetch one: leave out --offline");
    } else if !wanted.allow_other_major && wanted.major.is_some() {
        next.push_str("\nor let another major stand in: --allow-other-major");
    }
    Fault::new(format!("PostgreSQL {major} can't be had here")).why(tried.join("\n")).next(next)
}
