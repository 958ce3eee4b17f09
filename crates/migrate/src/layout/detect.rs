//! Which layout a folder is in: what its names and marks show, then what the project around it says, then the
//! reading itself. Where candidates would read it differently, it asks instead of guessing.
//! Out: finding the folder (`discover`).
//! Called by `layout::read` and by discovery.

use super::evidence::{self, Evidence};
use super::{Layout, Listing, Reading, Shape, all, by_id, history};
use crate::history::{Down, History, Revision, Step, Transaction};
use crate::lock::LOCK_FILE;
use groundline_core::{Fault, Place, Result, Span};
use std::path::Path;

/// A layout that sees revisions in a folder, and how many.
pub type Claim = (&'static dyn Layout, usize);

/// The layouts that see revisions in a folder.
pub fn claims(folder: &Listing) -> Vec<Claim> {
    let claims = all().iter().map(|layout| (*layout, layout.claims(folder)));
    claims.filter(|(_, count)| *count > 0).collect()
}

/// Reads a folder whose layout nobody named.
///
/// # Errors
/// As `layout::read`.
pub fn read(folder: &Listing) -> Result<History> {
    read_within(folder, None)
}

/// The same, with the project that bounds what is looked at.
pub fn read_within(folder: &Listing, project: Option<&Path>) -> Result<History> {
    if let Some(id) = evidence::locked(folder) {
        let layout = by_id(&id).map_err(|fault| fault.at(folder.place(LOCK_FILE)))?;
        let reading = layout.read(folder)?;
        return match reading.revisions.is_empty() {
            true => Err(nothing(folder)),
            false => Ok(history(layout, folder, reading, Vec::new())),
        };
    }
    let claims = claims(folder);
    let Some(&(first, _)) = claims.first() else { return Err(nothing(folder)) };
    if !are_kin(&claims) {
        return Err(two_layouts(folder, &claims));
    }
    let candidates: Vec<_> = claims.iter().map(|(layout, _)| *layout).collect();
    let ids: Vec<_> = candidates.iter().map(|layout| layout.id()).collect();
    let evidence = evidence::decide(folder, project, &ids);
    let mut history = match (&evidence, &candidates[..]) {
        (Evidence::Named(id), _) => {
            let layout = by_id(id)?;
            finish(folder, layout, layout.read(folder)?, Vec::new())?
        }
        (_, [layout]) => {
            let mut reading = layout.read(folder)?;
            if layout.shape() != Shape::Own {
                reading.notes.push(unnamed(folder, *layout, &[]));
            }
            finish(folder, *layout, reading, Vec::new())?
        }
        _ => choose(folder, &candidates, &evidence)?,
    };
    if first.shape() == Shape::Numbered {
        let other = evidence::lookalikes(folder, project).into_iter();
        history.notes.extend(other.map(|tool| lookalike(folder, history.layout, tool)));
    }
    Ok(history)
}

fn lookalike(folder: &Listing, layout: &str, tool: &str) -> Fault {
    Fault::new(format!(
        "the project names {tool}, which reads the same files and keeps its own history table"
    ))
    .at(Place::file(folder.folder()))
    .why(format!("the files are read as {layout} reads them; the tool's table is neither read nor written"))
}

fn finish(
    folder: &Listing,
    layout: &'static dyn Layout,
    reading: Reading,
    alternatives: Vec<&'static str>,
) -> Result<History> {
    match reading.revisions.is_empty() {
        true => Err(nothing(folder)),
        false => Ok(history(layout, folder, reading, alternatives)),
    }
}

/// Whether these are one layout, or layouts whose files look alike.
pub fn are_kin(claims: &[Claim]) -> bool {
    let alike = |a: &dyn Layout, b: &dyn Layout| a.shape() == b.shape() && a.shape() != Shape::Own;
    claims.windows(2).all(|pair| alike(pair[0].0, pair[1].0))
}

/// Reads with every candidate: if all read the same, one is taken and the others are kept in mind.
fn choose(folder: &Listing, candidates: &[&'static dyn Layout], evidence: &Evidence) -> Result<History> {
    let mut readings = Vec::new();
    let mut refused = None;
    for layout in candidates {
        match layout.read(folder) {
            Ok(reading) => readings.push((*layout, reading)),
            Err(fault) => refused = refused.or(Some(fault)),
        }
    }
    if let (true, Some(fault)) = (readings.is_empty(), refused) {
        return Err(fault);
    }
    let same = readings.windows(2).all(|pair| runs(&pair[0].1.revisions) == runs(&pair[1].1.revisions));
    if !same {
        return Err(differ(folder, &readings));
    }
    let preferred = readings.iter().position(|(layout, _)| *evidence == Evidence::Language(layout.id()));
    let (layout, mut reading) = readings.remove(preferred.unwrap_or(0));
    let alternatives: Vec<_> = readings.iter().map(|(layout, _)| layout.id()).collect();
    reading.notes.push(unnamed(folder, layout, &alternatives));
    finish(folder, layout, reading, alternatives)
}

/// What a step runs: which part of which file, and how.
type Run<'a> = (&'a Path, Span, Transaction);

/// What two readings must agree in to be the same: everything that is run, in the same order.
fn runs(revisions: &[Revision]) -> Vec<(Run<'_>, Option<Run<'_>>)> {
    fn run(step: &Step) -> Run<'_> {
        (&step.file, step.section, step.transaction)
    }
    fn both(revision: &Revision) -> (Run<'_>, Option<Run<'_>>) {
        match &revision.down {
            Down::Script(down) => (run(&revision.up), Some(run(down))),
            Down::None | Down::Irreversible(_) => (run(&revision.up), None),
        }
    }
    revisions.iter().map(both).collect()
}

fn unnamed(folder: &Listing, layout: &dyn Layout, alternatives: &[&str]) -> Fault {
    let title = layout.facts().title;
    let fault = match alternatives {
        [] => Fault::new(format!("read as {title} would, though nothing in the project names {title}")),
        others => Fault::new(format!("read as {title} would; {} would read it the same", others.join(", ")))
            .why("nothing in the project decides between them, and they keep different history tables"),
    };
    fault.at(Place::file(folder.folder())).next(format!("name it with --layout {}", layout.id()))
}

fn two_layouts(folder: &Listing, claims: &[Claim]) -> Fault {
    let counts: Vec<_> = claims.iter().map(|(layout, count)| format!("{} ({count})", layout.id())).collect();
    Fault::new("two layouts in one folder")
        .at(Place::file(folder.folder()))
        .why(format!("files of these layouts are in it: {}", counts.join(", ")))
        .next(format!(
            "give each a folder of its own, or name the one to read: {}",
            flags(claims.iter().map(|(layout, _)| layout.id()))
        ))
}

fn differ(folder: &Listing, readings: &[(&'static dyn Layout, Reading)]) -> Fault {
    let ids: Vec<_> = readings.iter().map(|(layout, _)| layout.id()).collect();
    let counts: Vec<_> = readings
        .iter()
        .map(|(layout, reading)| {
            let downs = reading.revisions.iter().filter(|revision| matches!(revision.down, Down::Script(_)));
            format!("{}: {} revisions, {} downs", layout.id(), reading.revisions.len(), downs.count())
        })
        .collect();
    Fault::new(format!(
        "{} would read this folder differently, and nothing in the project names one",
        ids.join(" and ")
    ))
    .at(Place::file(folder.folder()))
    .why(counts.join("; "))
    .next(format!("name the one that is used: {}", flags(ids)))
}

fn flags<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let flags: Vec<_> = ids.into_iter().map(|id| format!("--layout {id}")).collect();
    flags.join(" or ")
}

/// The fault for a folder without migrations; it says where some are, if they are one level below.
fn nothing(folder: &Listing) -> Fault {
    let place = Place::file(folder.folder());
    let below = below(folder);
    if is_nested(below.iter().map(|(name, ..)| name.as_str())) {
        return nested(folder.folder(), below.iter().map(|(.., count)| count).sum());
    }
    let looked: Vec<_> =
        all().iter().map(|layout| format!("{}: {}", layout.id(), layout.facts().files)).collect();
    let fault = Fault::new("no migrations found in this folder")
        .at(place)
        .why(format!("looked for\n  {}", looked.join("\n  ")));
    match below[..] {
        [] => fault,
        _ => {
            let found: Vec<_> =
                below.iter().map(|(name, id, count)| format!("{name} ({id}, {count})")).collect();
            fault.next(format!("sub folders hold some: {}", found.join(", ")))
        }
    }
}

fn below(folder: &Listing) -> Vec<(String, &'static str, usize)> {
    let inner = |name: &String| {
        let listing = Listing::sampled(&folder.folder().join(name)).ok()?;
        let (layout, count) = claims(&listing).first().copied()?;
        Some((name.clone(), layout.id(), count))
    };
    folder.folders().iter().filter_map(inner).collect()
}

/// Whether folders of migrations are the parts of one history, one a major version.
pub fn is_nested<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut names = names.peekable();
    names.peek().is_some() && names.all(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The fault for such a history.
pub fn nested(folder: &Path, count: usize) -> Fault {
    Fault::new("the migrations are nested in numbered folders, which this version does not read")
        .at(Place::file(folder))
        .why(format!(
            "its sub folders are named by numbers and hold {count} migrations: a version has two parts"
        ))
        .next("give one of the sub folders, or keep the migrations in one folder")
}
