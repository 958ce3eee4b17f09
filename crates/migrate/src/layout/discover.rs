//! Finding the folder of migrations in a project: walks the checkout, asks the layouts, leaves out what is
//! another engine's or a test's, and asks the person where more than one remains.
//! Out: reading the folder (`detect`).
//! Called by every command that is started in a project.

use super::detect;
use super::engines;
use super::evidence::{self, Evidence};
use super::prisma;
use super::{Listing, Shape};
use crate::history::History;
use groundline_core::{Fault, Place, Result};
use ignore::WalkBuilder;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folders that never hold a project's own migrations.
const SKIPPED: [&str; 4] = ["node_modules", "target", "vendor", ".git"];

/// How many candidates a fault lists.
const LISTED: usize = 12;

/// A folder that layouts claim.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// The folder, relative to the project; empty for the project's own folder.
    pub folder: PathBuf,
    /// The layouts that see revisions in it.
    pub layouts: Vec<&'static str>,
    /// How many they see, by names and marks.
    pub revisions: usize,
    /// Whether it is a history in numbered folders, which cannot be read yet.
    pub nested: bool,
}

/// A folder of migrations that was found and not taken.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    /// The folder.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// Why, to follow "because".
    pub why: String,
}

/// What was found in a project.
#[derive(Clone, Debug, Serialize)]
pub struct Discovery {
    /// The project, as it was given.
    pub project: PathBuf,
    /// The folder of migrations: `project` joined with the candidate's.
    pub folder: PathBuf,
    /// What is known of it without reading it.
    pub candidate: Candidate,
    /// Folders that were left out.
    pub left_out: Vec<LeftOut>,
    /// The same in words, and migrations in other languages.
    pub notes: Vec<Fault>,
}

impl Discovery {
    /// Reads the folder, with the layout that the person names or the one that is detected; the project bounds
    /// what is looked at to detect it. What discovery noted is added to the history's notes.
    ///
    /// # Errors
    /// As `layout::read`.
    pub fn read(&self, layout: Option<&str>) -> Result<History> {
        match layout {
            Some(_) => super::read(&self.folder, layout),
            None => detect::read_within(&Listing::of(&self.folder)?, Some(&self.project)),
        }
        .map(|mut history| {
            history.notes.extend(self.notes.iter().cloned());
            history
        })
    }
}

/// Finds the folder of migrations in a project, or takes the folder itself when it holds migrations.
///
/// # Errors
/// None found, or more than one: the fault lists them and says how to decide.
pub fn discover(project: &Path) -> Result<Discovery> {
    let own = Listing::sampled(project)?;
    if let Some(mut candidate) = candidate(PathBuf::new(), &own) {
        decide(project, &mut candidate);
        return Ok(discovery(project, candidate, Vec::new(), Vec::new()));
    }
    let walked = Walked::of(project);
    let found = merge(walked.candidates(project));
    let (mut taken, mut left_out) = sort_out(project, found);
    let aside =
        |candidate: &Candidate| engines::aside(&candidate.folder).or_else(|| only_numbered(candidate));
    if taken.iter().any(|candidate| aside(candidate).is_none()) {
        let (own, other): (Vec<_>, Vec<_>) =
            taken.into_iter().partition(|candidate| aside(candidate).is_none());
        taken = own;
        left_out.extend(other.into_iter().map(|candidate| {
            let why = aside(&candidate).unwrap_or_default().to_owned();
            LeftOut { candidate, why }
        }));
    }
    taken.iter_mut().filter(|candidate| !candidate.nested).for_each(|candidate| decide(project, candidate));
    let code = walked.code_notes(project);
    match taken.len() {
        1 if !taken[0].nested => Ok(discovery(project, taken.remove(0), left_out, code)),
        1 => Err(detect::nested(&join(project, &taken[0].folder), taken[0].revisions)),
        0 => Err(none_found(project, &left_out, code)),
        _ => Err(several_found(project, taken)),
    }
}

/// Numbered SQL files are migrations where something calls them so; elsewhere they may be anything.
fn only_numbered(candidate: &Candidate) -> Option<&'static str> {
    let is_named = candidate.folder.to_string_lossy().to_ascii_lowercase().contains("migrat");
    let is_simple = candidate.layouts == ["sqlx"];
    (is_simple && !is_named).then_some("its files are numbered, but nothing calls them migrations")
}

fn discovery(project: &Path, candidate: Candidate, left_out: Vec<LeftOut>, code: Vec<Fault>) -> Discovery {
    let mut notes: Vec<_> = left_out
        .iter()
        .map(|LeftOut { candidate, why }| {
            Fault::new(format!("a folder of {} is left out", describe(candidate)))
                .at(Place::file(project.join(&candidate.folder)))
                .why(why)
                .next(format!("to take it, give --migrations {}", candidate.folder.display()))
        })
        .collect();
    notes.extend(code);
    let folder = join(project, &candidate.folder);
    Discovery { project: project.to_owned(), folder, candidate, left_out, notes }
}

/// Without the slash that joining with nothing would leave.
fn join(project: &Path, folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { project.to_owned() } else { project.join(folder) }
}

fn describe(candidate: &Candidate) -> String {
    let noun = if candidate.revisions == 1 { "revision" } else { "revisions" };
    format!("{} {noun} ({})", candidate.revisions, candidate.layouts.join(" or "))
}

fn candidate(folder: PathBuf, listing: &Listing) -> Option<Candidate> {
    let claims = detect::claims(listing);
    let revisions = claims.iter().map(|(_, count)| *count).max()?;
    let layouts = claims.iter().map(|(layout, _)| layout.id()).collect();
    Some(Candidate { folder, layouts, revisions, nested: false })
}

/// Where layouts look alike, names the one that the project names.
fn decide(project: &Path, candidate: &mut Candidate) {
    let Ok(listing) = Listing::sampled(&join(project, &candidate.folder)) else { return };
    if detect::are_kin(&detect::claims(&listing))
        && let Evidence::Named(id) = evidence::decide(&listing, Some(project), &candidate.layouts)
    {
        candidate.layouts = vec![id];
    }
}

/// What a walk through a project saw.
#[derive(Default)]
struct Walked {
    /// Folders with SQL files or Alembic's `env.py`, and the folders above those with a file named as diesel or Prisma name it.
    folders: BTreeSet<PathBuf>,
    /// Folders of migrations in other languages, and their tool.
    code: BTreeMap<PathBuf, &'static str>,
}

impl Walked {
    fn of(project: &Path) -> Self {
        let mut walked = Self::default();
        let mut walk = WalkBuilder::new(project);
        // Only what the checkout itself says counts, so that everybody finds the same.
        walk.standard_filters(false).hidden(true).git_ignore(true).require_git(false);
        walk.parents(project.ancestors().skip(1).any(|above| above.join(".git").exists()));
        walk.filter_entry(|entry| {
            entry.depth() == 0 || !SKIPPED.iter().any(|name| entry.file_name() == *name)
        });
        for entry in walk.build().flatten() {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if let (false, Ok(file)) = (is_folder, entry.path().strip_prefix(project)) {
                walked.add(file);
            }
        }
        walked
    }

    fn add(&mut self, file: &Path) {
        let (Some(name), Some(folder)) = (file.file_name().and_then(|name| name.to_str()), file.parent())
        else {
            return;
        };
        if name.ends_with(".sql") || name.ends_with(".SQL") {
            self.folders.insert(folder.to_owned());
            if matches!(name, "up.sql" | "migration.sql") {
                self.folders.extend(folder.parent().map(Path::to_owned));
            }
        } else if name == "env.py" {
            self.folders.insert(folder.to_owned());
        } else if let Some(tool) = code_tool(folder, name) {
            self.code.insert(folder.to_owned(), tool);
        }
    }

    fn candidates(&self, project: &Path) -> Vec<Candidate> {
        let listing =
            |folder: &PathBuf| Some((folder.clone(), Listing::sampled(&project.join(folder)).ok()?));
        let listings = self.folders.iter().filter_map(listing);
        listings.filter_map(|(folder, listing)| candidate(folder, &listing)).collect()
    }

    fn code_notes(&self, project: &Path) -> Vec<Fault> {
        let note = |(folder, tool): (&PathBuf, &&str)| {
            Fault::new(format!("migrations of {tool} are not SQL files and are not read"))
                .at(Place::file(project.join(folder)))
        };
        self.code.iter().filter(|(folder, _)| engines::aside(folder).is_none()).map(note).collect()
    }
}

/// The tool whose migrations are programs, told by a file's name and its folder's.
fn code_tool(folder: &Path, name: &str) -> Option<&'static str> {
    let numbered = name.starts_with(|c: char| c.is_ascii_digit());
    match name {
        _ if numbered && folder.ends_with("db/migrate") && name.ends_with(".rb") => Some("Rails"),
        _ if numbered && folder.ends_with("migrations") && name.ends_with(".exs") => Some("Ecto"),
        "0001_initial.py" if folder.ends_with("migrations") => Some("Django"),
        _ => None,
    }
}

/// Puts together what is one history: numbered folders beside each other, and folders below a folder whose
/// tool reads its sub folders.
fn merge(found: Vec<Candidate>) -> Vec<Candidate> {
    let mut by_parent: BTreeMap<PathBuf, Vec<Candidate>> = BTreeMap::new();
    for candidate in found {
        let parent = candidate.folder.parent().map(Path::to_owned).unwrap_or_default();
        by_parent.entry(parent).or_default().push(candidate);
    }
    let mut merged: Vec<Candidate> = Vec::new();
    for (parent, siblings) in by_parent {
        let names = siblings.iter().filter_map(|candidate| candidate.folder.file_name()?.to_str());
        if siblings.len() > 1 && detect::is_nested(names) {
            let revisions = siblings.iter().map(|candidate| candidate.revisions).sum();
            merged.push(Candidate {
                folder: parent,
                layouts: vec!["nested folders"],
                revisions,
                nested: true,
            });
            continue;
        }
        merged.extend(siblings);
    }
    let deep = |candidate: &Candidate| {
        let by_name = |id: &&str| super::by_id(id).is_ok_and(|layout| layout.shape() == Shape::Versioned);
        candidate.layouts.iter().any(by_name)
    };
    let tops: Vec<_> =
        merged.iter().filter(|candidate| deep(candidate)).map(|found| found.folder.clone()).collect();
    let is_below = |candidate: &Candidate| {
        let folder = &candidate.folder;
        deep(candidate) && tops.iter().any(|top| folder != top && folder.starts_with(top))
    };
    merged.retain(|candidate| !is_below(candidate));
    merged
}

/// Leaves out what is for another engine.
fn sort_out(project: &Path, found: Vec<Candidate>) -> (Vec<Candidate>, Vec<LeftOut>) {
    let (mut taken, mut left_out) = (Vec::new(), Vec::new());
    for candidate in found {
        let named = engines::other(&candidate.folder).map(|engine| format!("its path names {engine}"));
        let locked = || {
            let is_prisma = candidate.layouts.contains(&"prisma");
            let listing = Listing::sampled(&project.join(&candidate.folder)).ok().filter(|_| is_prisma)?;
            let provider = prisma::provider(&listing).filter(|provider| provider != "postgresql")?;
            Some(format!("its migration_lock.toml names {provider}"))
        };
        match named.or_else(locked) {
            Some(why) => left_out.push(LeftOut { candidate, why }),
            None => taken.push(candidate),
        }
    }
    (taken, left_out)
}

fn none_found(project: &Path, left_out: &[LeftOut], code: Vec<Fault>) -> Fault {
    let place = Place::file(project);
    if !left_out.is_empty() {
        let mut all: Vec<_> = left_out.iter().collect();
        all.sort_by_key(|left_out| std::cmp::Reverse(left_out.candidate.revisions));
        let line = |left_out: &&LeftOut| format!("{}: {}", show(&left_out.candidate), left_out.why);
        return Fault::new("no migrations for PostgreSQL found")
            .at(place)
            .why(format!("these were left out:\n{}", lines(all.iter().map(line))))
            .next("if one of them is right, give it with --migrations DIR");
    }
    if let Some(fault) = code.into_iter().next() {
        return fault
            .why("this version reads folders of SQL files")
            .next("have the tool print its SQL, and give the folder that holds it with --migrations DIR");
    }
    let layouts: Vec<_> = super::all().iter().map(|layout| layout.id()).collect();
    Fault::new("no migrations found")
        .at(place)
        .why(format!(
            "looked in all folders for the layouts {}; files that .gitignore names are passed over",
            layouts.join(", ")
        ))
        .next("give the folder with --migrations DIR")
}

fn several_found(project: &Path, mut taken: Vec<Candidate>) -> Fault {
    taken.sort_by_key(|candidate| std::cmp::Reverse(candidate.revisions));
    let next = match &taken[0] {
        largest if largest.nested => "choose one that can be read with --migrations DIR".to_owned(),
        largest => format!("choose one, such as --migrations {}", largest.folder.display()),
    };
    Fault::new(format!("{} folders of migrations found", taken.len()))
        .at(Place::file(project))
        .why(format!("they could all be meant:\n{}", lines(taken.iter().map(show))))
        .next(next)
}

fn show(candidate: &Candidate) -> String {
    let reading = if candidate.nested { ", which this version does not read" } else { "" };
    format!("{}: {}{reading}", candidate.folder.display(), describe(candidate))
}

fn lines(all: impl ExactSizeIterator<Item = String>) -> String {
    let count = all.len();
    let mut text: Vec<_> = all.take(LISTED).map(|line| format!("  {line}")).collect();
    if count > LISTED {
        text.push(format!("  and {} more", count - LISTED));
    }
    text.join("\n")
}
