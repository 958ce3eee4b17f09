//! What two drills of one folder say of its revisions, and where they disagree: the verdicts, and which states of the
//! schema are the same one.
//! Out: running them (`bench`). Called by `bench` and `oracle`.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// A drilled revision.
#[derive(Debug, PartialEq, Eq)]
pub struct Drilled {
    /// The version as a number without dashes, so that all spellings meet.
    version: String,
    verdict: String,
    /// A digest of the schema after the up: a fingerprint, or a dump's. None where the up fails.
    state: Option<String>,
}

impl Drilled {
    fn new(version: &str, verdict: &str, state: Option<&str>) -> Self {
        let digits = version.replace('-', "");
        let number = digits.trim_start_matches('0');
        let version = if number.is_empty() { "0" } else { number }.to_owned();
        Self { version, verdict: verdict.to_owned(), state: state.map(str::to_owned) }
    }
}

/// Reads what `groundline drill --format json` prints.
///
/// # Errors
/// It is something else.
pub fn of_json(output: &str) -> Result<Vec<Drilled>> {
    let report: Value = serde_json::from_str(output).context("groundline drill printed no JSON")?;
    let revisions = report["revisions"].as_array().context("no revisions in the drill's JSON")?;
    let entry = |revision: &Value| {
        let state = revision["fingerprint"]["schema"].as_str();
        Some(Drilled::new(revision["version"].as_str()?, revision["verdict"].as_str()?, state))
    };
    revisions.iter().map(|revision| entry(revision).context("a revision without verdict")).collect()
}

/// Reads the lines of the script.
///
/// # Errors
/// A line is something else.
pub fn of_lines(output: &str) -> Result<Vec<Drilled>> {
    let entry = |line: &str| {
        let mut parts = line.split('\t');
        Some(Drilled::new(parts.next()?, parts.next()?, parts.next()))
    };
    output.lines().map(|line| entry(line).with_context(|| format!("not a verdict: {line}"))).collect()
}

/// A verdict that the script does not know, and what it says instead: it reads no declarations.
const UNKNOWN_TO_SCRIPT: (&str, &str) = ("declared irreversible", "no down");

/// The versions whose verdicts differ, each with both.
pub fn differing(ours: &[Drilled], scripts: &[Drilled]) -> Vec<String> {
    let by_version = |drilled: &[Drilled]| -> BTreeMap<String, String> {
        drilled.iter().map(|one| (one.version.clone(), one.verdict.clone())).collect()
    };
    let (ours, scripts) = (by_version(ours), by_version(scripts));
    let versions: std::collections::BTreeSet<&String> = ours.keys().chain(scripts.keys()).collect();
    let said = |by: &BTreeMap<String, String>, version: &str| {
        by.get(version).cloned().unwrap_or_else(|| "nothing".into())
    };
    let agree = |version: &&String| {
        let (ours, scripts) = (said(&ours, version), said(&scripts, version));
        ours == scripts || (ours.as_str(), scripts.as_str()) == UNKNOWN_TO_SCRIPT
    };
    let differs = versions.into_iter().filter(|version| !agree(version));
    differs
        .map(|version| {
            format!("{version}: groundline {}, script {}", said(&ours, version), said(&scripts, version))
        })
        .collect()
}

/// The states that only one of the two takes for the same.
pub fn other_states(ours: &[Drilled], scripts: &[Drilled]) -> Vec<String> {
    let dumps: HashMap<&str, &str> =
        scripts.iter().filter_map(|one| Some((one.version.as_str(), one.state.as_deref()?))).collect();
    let both = ours.iter().filter_map(|one| {
        Some((one.version.as_str(), one.state.as_deref()?, *dumps.get(one.version.as_str())?))
    });
    let both: Vec<_> = both.collect();
    let mut other = Vec::new();
    let (mut of_fingerprint, mut of_dump) = (HashMap::new(), HashMap::new());
    for (version, fingerprint, dump) in both {
        let (first, its_dump) = *of_fingerprint.entry(fingerprint).or_insert((version, dump));
        if its_dump != dump {
            other.push(format!("{first} and {version}: equal fingerprints, different dumps"));
        }
        let (first, its_fingerprint) = *of_dump.entry(dump).or_insert((version, fingerprint));
        if its_fingerprint != fingerprint {
            other.push(format!("{first} and {version}: equal dumps, different fingerprints"));
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_verdicts_of_all_spellings() {
        let json = r#"{"revisions": [{"version": "20240102", "verdict": "exact"},
                                     {"version": "2", "verdict": "no down"},
                                     {"version": "4", "verdict": "declared irreversible"}], "chain": null}"#;
        let ours = of_json(json).unwrap();
        let lines = "2024-01-02\texact\n000002\tdiffers\n000003\texact\n4\tno down\n";
        let scripts = of_lines(lines).unwrap();
        assert_eq!(
            differing(&ours, &scripts),
            ["2: groundline no down, script differs", "3: groundline nothing, script exact"]
        );
        assert!(of_lines("no tab").is_err());
    }

    #[test]
    fn compares_which_states_are_the_same() {
        let ours = of_lines("1\texact\ta\n2\texact\ta\n3\texact\tb\n4\texact\tc\n5\tup fails").unwrap();
        let scripts = of_lines("1\texact\tx\n2\texact\ty\n3\texact\tz\n4\texact\tz\n5\tup fails").unwrap();
        assert_eq!(
            other_states(&ours, &scripts),
            ["1 and 2: equal fingerprints, different dumps", "3 and 4: equal dumps, different fingerprints"]
        );
        assert_eq!(other_states(&ours, &ours), Vec::<String>::new());
    }
}
