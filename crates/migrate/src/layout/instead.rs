//! Files of a revision that takes the place of another one, with its version.
//! Out: how each layout names its files (the layouts, through `scaffold`).
//! Called by the command `baseline`, where it squashes.

use super::scaffold::{Body, NewFile, Now, scaffold};
use crate::history::{History, Revision};
use groundline_core::{Fault, Result};
use std::path::{Path, PathBuf};

/// The files of a revision that takes the version of `revisions[at]` of a history.
///
/// # Errors
/// As [`scaffold`].
pub fn instead(
    layout: &str,
    history: &History,
    at: usize,
    (title, body): (&str, &Body),
) -> Result<Vec<NewFile>> {
    let Some(taken) = history.revisions.get(at) else {
        return Err(Fault::new("there is no such revision"));
    };
    // Layouts name what comes next; this is what comes after the version one before it, at its own time.
    let before = History { revisions: vec![one_before(taken)], ..history.clone() };
    let digits: String = taken.version.chars().filter(char::is_ascii_digit).collect();
    let now = Now { seconds: digits.parse().unwrap_or(0), digits: format!("{digits:0<14}") };
    // Nothing is there yet where these files are tried.
    let mut files = scaffold((Path::new(""), layout), Some(&before), (title, Some(body)), &now)?;
    // Where the name of the file or folder is the version, it stays.
    if let Some(name) = taken.up.file.components().next().filter(|name| *name.as_os_str() == *taken.version) {
        for file in &mut files {
            let inside: PathBuf = file.path.components().skip(1).collect();
            file.path = if inside.as_os_str().is_empty() {
                name.as_os_str().into()
            } else {
                Path::new(&name).join(inside)
            };
        }
    }
    Ok(files)
}

fn one_before(taken: &Revision) -> Revision {
    let mut before = taken.clone();
    before.version = less_one(&taken.version, taken.version.len());
    let file = taken.up.file.to_string_lossy().into_owned();
    let name = file.rfind('/').map_or(0, |slash| slash + 1);
    before.up.file = match file[name..].find("__").filter(|_| file[name..].starts_with(['V', 'U', 'B'])) {
        Some(end) => PathBuf::from(less_one(&file, name + end)),
        None => PathBuf::from(less_one(&file, file.find(|c: char| !c.is_ascii_digit()).unwrap_or(0))),
    };
    before
}

/// The number that ends at a place, less one, as wide as it was.
fn less_one(text: &str, end: usize) -> String {
    let head = text[..end].trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &text[head.len()..end];
    let width = digits.len();
    match digits.parse::<u64>().ok().and_then(|number| number.checked_sub(1)) {
        Some(number) => format!("{head}{number:0width$}{}", &text[end..]),
        None => text.to_owned(),
    }
}
