//! What the program is built from, as a bill of materials: CycloneDX 1.5, from `cargo metadata` and Cargo.lock.
//! Out: whether that is allowed (`deny.toml`).
//! Called by `main`.

use crate::cargo;
use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The package that is given to others.
const PROGRAM: &str = "groundline";

/// Writes the bill to a file. It has no time in it: the same lock makes the same bill.
pub fn write(root: &Path, file: &str) -> Result<()> {
    let bill = bill(&metadata(root)?, &checksums(root)?)?;
    let text = serde_json::to_string_pretty(&bill)? + "\n";
    std::fs::write(file, text).with_context(|| format!("can't write {file}"))?;
    let components = bill["components"].as_array().map_or(0, Vec::len);
    println!("{file}: {components} components");
    Ok(())
}

fn metadata(root: &Path) -> Result<Value> {
    // What is built here: other systems need other crates.
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().context("can't start rustc")?;
    let host = String::from_utf8_lossy(&host.stdout).trim().to_owned();
    let mut command = Command::new(cargo());
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &host]);
    let output = command.current_dir(root).output().context("can't start cargo")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")
}

/// SHA-256 by name and version, as the lock has it.
fn checksums(root: &Path) -> Result<BTreeMap<(String, String), String>> {
    let text = std::fs::read_to_string(root.join("Cargo.lock")).context("can't read Cargo.lock")?;
    let lock: toml::Table = text.parse().context("Cargo.lock is no TOML")?;
    let packages = lock["package"].as_array().context("Cargo.lock has no packages")?;
    let word = |package: &toml::Value, name: &str| package.get(name)?.as_str().map(str::to_owned);
    let sums = packages.iter().filter_map(|package| {
        Some(((word(package, "name")?, word(package, "version")?), word(package, "checksum")?))
    });
    Ok(sums.collect())
}

/// The bill of the program and of all that its build uses, tests aside.
fn bill(metadata: &Value, checksums: &BTreeMap<(String, String), String>) -> Result<Value> {
    let all = metadata["packages"].as_array().context("no packages")?;
    let packages: BTreeMap<&str, &Value> =
        all.iter().filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().context("no graph")?;
    let uses: BTreeMap<&str, Vec<&str>> =
        nodes.iter().filter_map(|node| Some((node["id"].as_str()?, used(node)))).collect();
    let program = packages.iter().find(|(_, package)| package["name"] == PROGRAM).context("no program")?.0;
    let mut reached = BTreeSet::new();
    let mut next = vec![*program];
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            next.extend(uses.get(id).into_iter().flatten());
        }
    }
    let components: Vec<Value> = reached
        .iter()
        .filter(|id| *id != program)
        .filter_map(|id| packages.get(id).map(|package| component(package, "library", checksums)))
        .collect();
    let depends = |id: &&str| {
        let used = uses.get(id).into_iter().flatten().filter_map(|one| packages.get(one).copied());
        json!({ "ref": purl(packages[id]), "dependsOn": used.map(purl).collect::<BTreeSet<_>>() })
    };
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(packages[program], "application", checksums) },
        "components": components,
        "dependencies": reached.iter().map(depends).collect::<Vec<_>>(),
    }))
}

/// What a package uses when it is built, not what its tests use.
fn used(node: &Value) -> Vec<&str> {
    let is_built = |one: &&Value| {
        one["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] != "dev"))
    };
    node["deps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(is_built)
        .filter_map(|one| one["pkg"].as_str())
        .collect()
}

fn component(package: &Value, kind: &str, checksums: &BTreeMap<(String, String), String>) -> Value {
    let word = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let purl = purl(package);
    let mut component = Map::from_iter([
        ("type".to_owned(), json!(kind)),
        ("bom-ref".to_owned(), json!(purl)),
        ("name".to_owned(), json!(word("name"))),
        ("version".to_owned(), json!(word("version"))),
        ("purl".to_owned(), json!(purl)),
    ]);
    if let Some(license) = package["license"].as_str() {
        // Old manifests write `MIT/Apache-2.0`, which is no expression.
        let expression = license.replace('/', " OR ");
        component.insert("licenses".to_owned(), json!([{ "expression": expression }]));
    }
    if let Some(sum) = checksums.get(&(word("name"), word("version"))) {
        component.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": sum }]));
    }
    Value::Object(component)
}

fn purl(package: &Value) -> String {
    let word = |name: &str| package[name].as_str().unwrap_or_default();
    format!("pkg:cargo/{}@{}", word("name"), word("version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_has_what_the_build_uses_with_licence_and_digest_and_nothing_of_the_tests() {
        let root = crate::root();
        let bill = bill(&metadata(root).unwrap(), &checksums(root).unwrap()).unwrap();
        let components = bill["components"].as_array().unwrap();
        let named = |name: &str| components.iter().find(|one| one["name"] == name);
        let serde = named("serde").unwrap();
        assert_eq!(serde["hashes"][0]["content"].as_str().map(str::len), Some(64), "{serde}");
        assert_eq!(serde["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert!(named("groundline-core").is_some());
        assert!(named("assert_cmd").is_none() && named("orders-axum").is_none() && named(PROGRAM).is_none());
        let unlicensed: Vec<_> = components.iter().filter(|one| one.get("licenses").is_none()).collect();
        assert!(unlicensed.is_empty(), "{unlicensed:?}");
        let listed = bill["dependencies"].as_array().unwrap();
        let known: BTreeSet<_> = listed.iter().filter_map(|one| one["ref"].as_str()).collect();
        let used = listed.iter().flat_map(|one| one["dependsOn"].as_array().unwrap());
        assert!(used.filter_map(Value::as_str).all(|one| known.contains(one)));
    }
}
