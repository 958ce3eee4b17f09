//! Notes that a reader gathers: one for each kind, naming the files, so that a long list stays short.
//! Out: faults that stop the reading.
//! Called by every layout.

use super::listing::Listing;
use super::source::Source;
use groundline_core::Fault;
use std::path::Path;

/// How many files a note names before it only counts.
const NAMED: usize = 5;

/// Files under what there is to say of them.
#[derive(Default)]
pub struct Notes {
    kinds: Vec<(String, Vec<String>)>,
}

impl Notes {
    /// Says something of a file.
    pub fn add(&mut self, what: &str, file: impl AsRef<Path>) {
        let file = file.as_ref().display().to_string();
        match self.kinds.iter_mut().find(|(said, _)| said == what) {
            Some((_, files)) => files.push(file),
            None => self.kinds.push((what.to_owned(), vec![file])),
        }
    }

    /// Says what is worth knowing of any file that was read.
    pub fn source(&mut self, source: &Source) {
        if source.bom {
            self.add("a byte order mark at the start of a file is left out", &source.file);
        }
    }

    /// The notes, each with the place of its first file.
    pub fn into_faults(self, folder: &Listing) -> Vec<Fault> {
        let fault = |(what, mut files): (String, Vec<String>)| {
            files.dedup();
            let place = folder.place(&files[0]);
            let fault = Fault::new(what).at(place);
            if files.len() == 1 {
                return fault;
            }
            let more = files.len().saturating_sub(NAMED);
            let named = files[..files.len().min(NAMED)].join(", ");
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            fault.why(format!("{} files: {named}{rest}", files.len()))
        };
        self.kinds.into_iter().map(fault).collect()
    }
}
