//! The packages of the crates that are published: made offline, and looked through; the program is built from them alone.
//! Out: publishing them.
//! Called by `main`.

use crate::cargo;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Makes and looks through each package, then builds the program from the packages.
pub fn run(root: &Path) -> Result<()> {
    let names = published(root)?;
    for name in &names {
        let listed = listed(root, name)?;
        let other: Vec<&String> = listed.iter().filter(|file| !is_expected(file)).collect();
        ensure!(other.is_empty(), "{name} would have {other:?}");
        println!("{name}: {} files", listed.len());
    }
    // In one go, so that those which are not published yet are found among each other.
    let mut command = Command::new(cargo());
    command.args(["package", "--offline", "--locked", "--allow-dirty", "--quiet"]).current_dir(root);
    for name in &names {
        command.args(["--package", name]);
    }
    if !command.status().context("can't start cargo")?.success() {
        bail!("the packages do not build");
    }
    println!("{} packages, built from each other alone", names.len());
    Ok(())
}

/// The packages of the workspace that may be published.
fn published(root: &Path) -> Result<Vec<String>> {
    let output = Command::new(cargo())
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root)
        .output()
        .context("can't start cargo")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    // `publish = false` is an empty list of registries.
    let published = packages.iter().filter(|package| package["publish"].is_null());
    for package in published.clone() {
        for field in ["description", "license", "rust_version"] {
            ensure!(package[field].is_string(), "{} has no {field}", package["name"]);
        }
        ensure!(
            package["keywords"].as_array().is_some_and(|all| !all.is_empty()),
            "{} has no keywords",
            package["name"]
        );
    }
    Ok(published.filter_map(|package| package["name"].as_str().map(str::to_owned)).collect())
}

/// The files of a package.
fn listed(root: &Path, name: &str) -> Result<Vec<String>> {
    let output = Command::new(cargo())
        .args(["package", "--list", "--offline", "--locked", "--allow-dirty", "--package", name])
        .current_dir(root)
        .output()
        .context("can't start cargo")?;
    ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// Manifests, sources, and what sources include.
fn is_expected(file: &str) -> bool {
    file.starts_with("src/")
        || file.starts_with("templates/")
        || ["Cargo.toml", "Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json", "README.md"]
            .contains(&file)
}
