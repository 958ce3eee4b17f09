//! Versions of PostgreSQL servers: majors and full version numbers, and which majors are supported.
//! Out: asking a server for its version.
//! Called by whoever picks a server or compares two.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A major version of PostgreSQL, such as 17.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Major(u16);

impl Major {
    /// The majors that Groundline supports, ascending.
    pub const SUPPORTED: [Major; 5] = [Major(14), Major(15), Major(16), Major(17), Major(18)];

    /// The newest supported major.
    pub const NEWEST: Major = Major::SUPPORTED[Major::SUPPORTED.len() - 1];

    /// The major as a number.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Major {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Major {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = text.parse().ok().map(Major).filter(|major| Major::SUPPORTED.contains(major));
        known.ok_or_else(|| {
            let supported = Major::SUPPORTED.map(|major| major.to_string()).join(", ");
            format!("{text:?} is not a supported PostgreSQL major; supported are {supported}")
        })
    }
}

/// A server's version as `server_version_num` gives it: 150018 is 15.18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerVersion(u32);

impl ServerVersion {
    /// From `server_version_num`.
    pub fn from_num(num: u32) -> Self {
        Self(num)
    }

    /// From the text of `postgres --version` or `pg_dump --version`: the first number of the form `15.18`.
    pub fn from_program(output: &str) -> Option<Self> {
        output.split_whitespace().find_map(|word| {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            let (major, minor) = digits.split_once('.')?;
            Some(Self(major.parse::<u32>().ok()? * 10_000 + minor.parse::<u32>().ok()?))
        })
    }

    /// Its major, supported or not.
    pub fn major(self) -> Major {
        Major((self.0 / 10_000) as u16)
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10_000, self.0 % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_programs_print() {
        let read = |text| ServerVersion::from_program(text).map(|version| version.to_string());
        assert_eq!(read("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)").as_deref(), Some("15.18"));
        assert_eq!(read("pg_dump (PostgreSQL) 18.1").as_deref(), Some("18.1"));
        assert_eq!(read("nothing"), None);
        assert!("13".parse::<Major>().is_err());
    }
}
