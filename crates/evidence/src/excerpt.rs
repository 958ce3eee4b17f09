//! Lines of a file around the place of a fault.
//! Out: reading the file (the caller does).

use groundline_core::{Fault, Place, Position};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// Lines of a file around a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The file, as the fault's place names it.
    pub file: String,
    /// The position that it is about.
    pub position: Position,
    /// The number of the first line.
    pub first_line: usize,
    /// The lines, without line ends.
    pub lines: Vec<String>,
}

/// Lines before and after the fault's line.
const AROUND: usize = 2;
/// Characters of a line that are kept: a minified file would otherwise come in whole.
const LINE_LENGTH: usize = 240;

impl Excerpt {
    /// The lines around a position of a text; nothing when the text has no such line.
    pub fn around(file: &Path, text: &str, position: Position) -> Option<Self> {
        let first_line = position.line.saturating_sub(AROUND).max(1);
        let wanted = position.line + AROUND + 1 - first_line;
        let shorten = |line: &str| line.chars().take(LINE_LENGTH).collect();
        let lines: Vec<String> = text.lines().skip(first_line - 1).take(wanted).map(shorten).collect();
        let reaches = first_line + lines.len() > position.line;
        let file = file.to_string_lossy().into_owned();
        reaches.then_some(Self { file, position, first_line, lines })
    }

    /// The excerpts of all faults that have a position, each place once.
    pub fn of_faults<'a>(
        faults: impl Iterator<Item = &'a Fault>,
        read: impl Fn(&Path) -> Option<String>,
    ) -> Vec<Self> {
        let places: BTreeSet<(&Path, Position)> = faults.filter_map(position_of).collect();
        places.into_iter().filter_map(|(path, at)| Self::around(path, &read(path)?, at)).collect()
    }

    /// The one that belongs to a fault.
    pub(crate) fn find<'a>(excerpts: &'a [Self], fault: &Fault) -> Option<&'a Self> {
        let (path, position) = position_of(fault)?;
        let file = path.to_string_lossy();
        excerpts.iter().find(|excerpt| excerpt.file == file && excerpt.position == position)
    }
}

fn position_of(fault: &Fault) -> Option<(&Path, Position)> {
    match fault.place.as_ref()? {
        Place::File { path, position } => Some((path, (*position)?)),
        Place::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_lines_around_and_each_place_once() {
        let text = "1\n2\n3\n4\n5\n6\n";
        let at = |line| Position { line, column: 1 };
        let around = |line| Excerpt::around(Path::new("f"), text, at(line)).map(|one| one.lines.join(""));
        assert_eq!(around(1).as_deref(), Some("123"));
        assert_eq!(around(4).as_deref(), Some("23456"));
        assert_eq!(around(6).as_deref(), Some("456"));
        assert_eq!(around(9), None);
        let fault = Fault::new("x").at(Place::File { path: "f".into(), position: Some(at(2)) });
        let excerpts = Excerpt::of_faults([&fault, &fault].into_iter(), |_| Some(text.to_owned()));
        assert_eq!(excerpts.len(), 1);
        assert_eq!(Excerpt::find(&excerpts, &fault), excerpts.first());
    }
}
