//! What decides between layouts whose files look alike: the folder's own files, then the project around it.
//! Out: what is done where nothing decides (`detect`).
//! Called by detection.

use super::golang_migrate;
use super::listing::Listing;
use super::source::lines;
use super::{sqlx, versioned};
use crate::lock::LOCK_FILE;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// How many folders upwards are looked at.
const UPWARDS: usize = 16;

/// How many of them outside of the project, where no repository bounds it.
const OUTSIDE: usize = 3;

/// Folders beside the path upwards that are never a part of the project.
const SKIPPED: [&str; 3] = ["node_modules", "target", "vendor"];

/// What was seen.
#[derive(Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A file names the tool.
    Named(&'static str),
    /// Only the project's language speaks for it.
    Language(&'static str),
    /// Nothing speaks for one of them alone.
    Nothing,
}

/// The layout that the folder's `groundline.lock` names.
pub fn locked(folder: &Listing) -> Option<String> {
    let text = std::fs::read_to_string(folder.folder().join(LOCK_FILE)).ok()?;
    text.parse::<toml::Table>().ok()?.get("layout")?.as_str().map(str::to_owned)
}

/// What speaks for one of the candidates. `project` bounds how far up is looked.
pub fn decide(folder: &Listing, project: Option<&Path>, candidates: &[&'static str]) -> Evidence {
    if let [id] = one_of(candidates, own_files(folder).into_iter())[..] {
        return Evidence::Named(id);
    }
    let mut language = Evidence::Nothing;
    for (level, beside) in levels(folder.folder(), project) {
        let mut folders = vec![level];
        if beside {
            folders.extend(sub_folders(&folders[0]));
        }
        match one_of(candidates, folders.iter().flat_map(|folder| named(folder)))[..] {
            [] => {}
            [id] => return Evidence::Named(id),
            _ => return Evidence::Nothing,
        }
        if language == Evidence::Nothing
            && let [id] = one_of(candidates, folders.iter().flat_map(|folder| spoken(folder)))[..]
        {
            language = Evidence::Language(id);
        }
    }
    language
}

/// Tools that read the same files as a layout and keep another history table, where the project names one.
pub fn lookalikes(folder: &Listing, project: Option<&Path>) -> Vec<&'static str> {
    let mut found = Vec::new();
    if folder.folder().join("meta/_journal.json").is_file() {
        found.push("Drizzle (`__drizzle_migrations`)");
    }
    let modules = levels(folder.folder(), project).into_iter().map(|(level, _)| level.join("go.mod"));
    let names_morph =
        |file: PathBuf| std::fs::read_to_string(file).is_ok_and(|text| text.contains("mattermost/morph"));
    if modules.into_iter().any(names_morph) {
        found.push("morph (`db_migrations`)");
    }
    found
}

fn one_of(candidates: &[&'static str], found: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut ids: Vec<_> = found.filter(|id| candidates.contains(id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What the folder's own files show.
fn own_files(folder: &Listing) -> Vec<&'static str> {
    let mut ids = Vec::new();
    let starts_outside = |file: &str| {
        let mut head = [0; sqlx::MARK.len()];
        let opened = std::fs::File::open(folder.folder().join(file));
        opened.is_ok_and(|mut file| file.read_exact(&mut head).is_ok()) && head == *sqlx::MARK.as_bytes()
    };
    if folder.sql_files().any(starts_outside) {
        ids.push("sqlx");
    }
    if golang_migrate::has_code(folder) {
        ids.push("golang-migrate");
    }
    for file in folder.files() {
        let (mut is_flyway, mut is_refinery) = (file.ends_with(".sql.conf"), false);
        if let Some(found) = versioned::split(Path::new(file)) {
            is_flyway |= "RB".contains(found.prefix) || found.version.contains(['.', '_']);
            is_flyway |= matches!(found.extension, "java" | "kt" | "class");
            is_refinery = found.extension == "rs";
        }
        ids.extend(is_flyway.then_some("flyway"));
        ids.extend(is_refinery.then_some("refinery"));
    }
    ids
}

/// The folders upwards, the nearest first, and whether their sub folders are looked into as well: only inside
/// the repository or the project. Outside of it (a folder on its own) a few folders upwards may still speak.
fn levels(folder: &Path, project: Option<&Path>) -> Vec<(PathBuf, bool)> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute(folder);
    let upwards = || folder.ancestors().take(UPWARDS);
    if let Some(repository) = upwards().find(|level| level.join(".git").exists()) {
        return upwards()
            .filter(|level| level.starts_with(repository))
            .map(|level| (level.to_owned(), true))
            .collect();
    }
    let root = project.map_or_else(|| folder.clone(), absolute);
    let inside = upwards().filter(|level| level.starts_with(&root)).map(|level| (level.to_owned(), true));
    let outside = root.ancestors().skip(1).take(OUTSIDE).map(|level| (level.to_owned(), false));
    inside.chain(outside).collect()
}

/// The folders in a folder that may be parts of the project. One that begins with a digit is a revision.
fn sub_folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let wanted = |name: &str| {
        !name.starts_with(|first: char| first == '.' || first.is_ascii_digit()) && !SKIPPED.contains(&name)
    };
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.filter(|entry| entry.file_name().to_str().is_some_and(wanted)).map(|entry| entry.path()).collect()
}

/// The layouts whose tools the files of one folder name.
fn named(folder: &Path) -> Vec<&'static str> {
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let mut ids = Vec::new();
    let cargo = read("Cargo.toml");
    let has_crate = |name: &str| lines(&cargo).any(|line| is_dependency(line.text, name));
    if has_crate("sqlx") || folder.join(".sqlx").is_dir() || folder.join("sqlx-data.json").is_file() {
        ids.push("sqlx");
    }
    if has_crate("refinery") || has_crate("refinery-core") {
        ids.push("refinery");
    }
    if read("go.mod").contains("golang-migrate/migrate") {
        ids.push("golang-migrate");
    }
    let builds = ["pom.xml", "build.gradle", "build.gradle.kts"];
    let has_configuration = ["flyway.conf", "flyway.toml"].iter().any(|file| folder.join(file).is_file());
    if has_configuration || builds.iter().any(|file| read(file).contains("flyway")) {
        ids.push("flyway");
    }
    ids
}

/// The layouts that the language of one folder speaks for.
fn spoken(folder: &Path) -> Vec<&'static str> {
    let has = |file: &str| folder.join(file).is_file();
    match (has("Cargo.toml"), has("go.mod"), has("pom.xml") || has("build.gradle") || has("build.gradle.kts"))
    {
        (true, false, false) => vec!["sqlx", "refinery"],
        (false, true, false) => vec!["golang-migrate"],
        (false, false, true) => vec!["flyway"],
        _ => Vec::new(),
    }
}

/// `sqlx = …`, `sqlx.workspace = true`, `[dependencies.sqlx]`.
fn is_dependency(line: &str, name: &str) -> bool {
    let line = line.trim();
    let as_table = line.strip_suffix(']').and_then(|table| table.strip_suffix(name));
    if as_table.is_some_and(|table| table.starts_with('[') && table.ends_with("dependencies.")) {
        return true;
    }
    let rest = line.strip_prefix(name).map(str::trim_start);
    rest.is_some_and(|rest| rest.starts_with(['=', '.']))
}
