//! The graph of crates: the allowed one (a fenced block `graph` in ARCHITECTURE.md) and the real one (cargo's).
//! Out: files and their text (`arch`).
//! Called by `arch`.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;

/// One line of the block: `crate  dry|wet  dependency dependency …`, with `-` for none.
#[derive(Debug, PartialEq, Eq)]
pub struct Room {
    /// The package.
    pub name: String,
    /// Whether it may read the clock and the environment, print, and start processes.
    pub wet: bool,
    /// Workspace packages that it may depend on; the order of lines makes cycles impossible.
    pub allowed: BTreeSet<String>,
}

/// A package as cargo sees it.
#[derive(Debug)]
pub struct Member {
    /// The package.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// Workspace packages that it depends on, tests aside.
    pub dependencies: BTreeSet<String>,
}

/// Reads the block.
///
/// # Errors
/// There is no block, or a line is not of its form.
pub fn rooms(page: &str) -> Result<Vec<Room>> {
    let block = page.lines().skip_while(|line| *line != "```graph").skip(1).take_while(|line| *line != "```");
    let rooms: Vec<Room> = block.filter(|line| !line.trim().is_empty()).map(room).collect::<Result<_>>()?;
    if rooms.is_empty() {
        bail!("ARCHITECTURE.md has no block ```graph");
    }
    Ok(rooms)
}

fn room(line: &str) -> Result<Room> {
    let mut words = line.split_whitespace();
    let (Some(name), Some(kind @ ("dry" | "wet"))) = (words.next(), words.next()) else {
        bail!("not `crate dry|wet dependencies…`: {line}");
    };
    let allowed = words.filter(|word| *word != "-").map(str::to_owned).collect();
    Ok(Room { name: name.to_owned(), wet: kind == "wet", allowed })
}

/// Reads the output of `cargo metadata --no-deps`.
///
/// # Errors
/// It has another form.
pub fn members(metadata: &Value) -> Result<Vec<Member>> {
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    packages.iter().map(|package| member(package).context("a package of cargo metadata")).collect()
}

fn member(package: &Value) -> Option<Member> {
    let dependencies = package["dependencies"].as_array()?.iter();
    let manifest = package["manifest_path"].as_str()?;
    Some(Member {
        name: package["name"].as_str()?.to_owned(),
        folder: manifest.trim_end_matches("/Cargo.toml").to_owned(),
        dependencies: dependencies
            .filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev")
            .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
            .collect(),
    })
}

/// What is wrong with the members, by the rooms.
pub fn findings(rooms: &[Room], members: &[Member]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut above = BTreeSet::new();
    for room in rooms {
        for dependency in room.allowed.difference(&above) {
            findings.push(format!("graph: {} names {dependency}, which is not above it", room.name));
        }
        above.insert(room.name.clone());
        let Some(member) = members.iter().find(|member| member.name == room.name) else {
            findings.push(format!("graph: {} is not a package of the workspace", room.name));
            continue;
        };
        for dependency in member.dependencies.difference(&room.allowed) {
            findings.push(format!("{} depends on {dependency}, which the graph does not allow", room.name));
        }
    }
    for member in members.iter().filter(|member| !above.contains(&member.name)) {
        findings.push(format!("{} is not in the graph of ARCHITECTURE.md", member.name));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PAGE: &str = "# Crates\n\n```graph\ncore dry -\nsql  dry core\n\ncli  wet core sql\n```\n\nmore\n";

    fn member(name: &str, dependencies: &[&str]) -> Member {
        let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
        Member { name: name.to_owned(), folder: String::new(), dependencies }
    }

    #[test]
    fn reads_the_block() {
        let rooms = rooms(PAGE).unwrap();
        let seen: Vec<_> =
            rooms.iter().map(|room| (room.name.as_str(), room.wet, room.allowed.len())).collect();
        assert_eq!(seen, [("core", false, 0), ("sql", false, 1), ("cli", true, 2)]);
        assert!(super::rooms("no block").is_err());
        assert!(super::rooms("```graph\ncore damp -\n```").is_err());
    }

    #[test]
    fn accepts_what_is_allowed() {
        let members = [member("core", &[]), member("sql", &["core"]), member("cli", &["sql"])];
        assert_eq!(findings(&rooms(PAGE).unwrap(), &members), Vec::<String>::new());
    }

    #[test]
    fn finds_what_is_not() {
        let members = [member("core", &["sql"]), member("sql", &[]), member("new", &[])];
        assert_eq!(
            findings(&rooms(PAGE).unwrap(), &members),
            [
                "core depends on sql, which the graph does not allow",
                "graph: cli is not a package of the workspace",
                "new is not in the graph of ARCHITECTURE.md",
            ]
        );
        let upside_down = rooms("```graph\nsql dry core\ncore dry -\n```").unwrap();
        let members = [member("core", &[]), member("sql", &["core"])];
        assert_eq!(findings(&upside_down, &members), ["graph: sql names core, which is not above it"]);
    }

    #[test]
    fn reads_cargo_metadata() {
        let metadata = json!({ "packages": [{
            "name": "sql", "manifest_path": "/w/crates/sql/Cargo.toml",
            "dependencies": [
                { "name": "core", "path": "/w/crates/core", "kind": null },
                { "name": "helper", "path": "/w/helper", "kind": "dev" },
                { "name": "serde", "kind": null },
            ],
        }] });
        let members = members(&metadata).unwrap();
        assert_eq!(members[0].folder, "/w/crates/sql");
        assert_eq!(members[0].dependencies.iter().collect::<Vec<_>>(), ["core"]);
    }
}
