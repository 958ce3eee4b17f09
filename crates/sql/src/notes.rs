//! Notes on a text under construction: faults with the position in their reason.
//! Out: which file the text came from; whoever knows adds the place.
//! Called by the splitter and the grouping.

use groundline_core::{Fault, LineIndex};

/// Collects notes; lines are counted when the first one comes.
pub(crate) struct Notes<'a> {
    text: &'a str,
    index: Option<LineIndex<'a>>,
    faults: Vec<(usize, Fault)>,
}

impl<'a> Notes<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, index: None, faults: Vec::new() }
    }

    /// Notes something about the text at a byte offset.
    pub(crate) fn add(&mut self, offset: usize, what: impl AsRef<str>, why: impl AsRef<str>) {
        let position = self.index.get_or_insert_with(|| LineIndex::new(self.text)).position(offset);
        let why = format!("{}:{}: {}", position.line, position.column, why.as_ref());
        self.faults.push((offset, Fault::new(what).why(why)));
    }

    /// The notes in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|(offset, _)| *offset);
        self.faults.into_iter().map(|(_, fault)| fault).collect()
    }
}
