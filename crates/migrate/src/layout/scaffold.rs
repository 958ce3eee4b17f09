//! New revisions: which version comes next in a folder, what its files are called, and what is in them.
//! In: what layouts share of it. Out: how each names its files (the layouts), writing them (`cli`).
//! Called by the layouts, and by the command `revision` through `scaffold`.

use super::{by_id, pairs};
use crate::history::{History, Revision};
use groundline_core::{Fault, Place, Result};
use std::path::{Path, PathBuf};

/// Longest name of a file without version and suffix; file systems take 255 bytes in all.
const LONGEST: usize = 100;

/// A moment, as versions are made of it.
#[derive(Clone, Debug)]
pub struct Now {
    /// `20240131235959`, in UTC.
    pub digits: String,
    /// Seconds since 1970.
    pub seconds: i64,
}

/// What a new revision is to be.
pub struct Asked<'a> {
    /// What it does, in a person's words, one line.
    pub title: &'a str,
    /// The same as a file name has it.
    pub name: String,
    /// When it is made.
    pub now: &'a Now,
    /// The revisions that there are, in order.
    pub revisions: &'a [Revision],
    /// What is in it; nothing yet, without it.
    pub body: Option<&'a Body>,
}

/// What a new revision does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// What a reader should know of it, line by line.
    pub header: Vec<String>,
    /// Its statements.
    pub up: Vec<Statement>,
    /// Those of the way back.
    pub down: Vec<Statement>,
    /// Whether each way runs in one transaction. Otherwise there is one statement in each.
    pub in_transaction: bool,
    /// How its statements become text.
    pub writing: Writing,
}

/// How the statements of a new revision become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// One behind the other, under the title.
    Statements,
    /// As an author's own text, with all that is around them: nothing is put before or between.
    Verbatim,
    /// As a tool's own operations, where it has one that says the same as the statement.
    Operations,
}

/// A statement of a new revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Free lines and comments before it, verbatim.
    pub lead: String,
    /// The statement, without a semicolon.
    pub sql: String,
    /// Why it only refuses, where it does: a layout may have words of its own for that.
    pub refuses: Option<String>,
}

impl Statement {
    /// A statement with what stands before it.
    pub fn led(lead: String, sql: String) -> Self {
        Self { lead, sql, refuses: None }
    }

    /// A statement with nothing before it.
    pub fn alone(sql: impl Into<String>) -> Self {
        Self::led(String::new(), sql.into())
    }

    /// The text of a script with all that is around its statements, for a body that is taken verbatim.
    pub fn verbatim(text: &str) -> Vec<Self> {
        let text = text.trim_matches(['\n', '\r']);
        let is_empty = groundline_sql::Script::parse(text).statements.is_empty();
        let sql = text.trim_end().trim_end_matches(';');
        // The semicolon that is written after it ends a comment, where the text ends with one.
        if is_empty { Vec::new() } else { vec![Self::alone(sql)] }
    }

    /// What refuses, in the words of the database: for a way down that there is none.
    pub fn refusing(why: &str) -> Self {
        // As `down` reads it: one statement, and `%` is a place in a format.
        let said = why.replace(';', ",").replace("$$", "$ $").replace('%', "%%");
        let sql = format!("DO $$ BEGIN RAISE EXCEPTION {}; END $$", groundline_core::quote_literal(&said));
        Self { refuses: Some(why.to_owned()), ..Self::alone(sql) }
    }
}

/// A file to write, relative to the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// How versions are written where a folder has none yet.
#[derive(Clone, Copy)]
pub enum Style {
    /// `20240131235959`.
    Timestamp,
    /// 1, 2, 3, with zeros before them up to a width.
    Sequence(usize),
}

/// The files of a new revision in a folder: after those of `history`, or the first of the layout's.
///
/// # Errors
/// A title without a letter or digit, a version that is taken, or a layout whose tool makes revisions itself.
pub fn scaffold(
    (folder, layout): (&Path, &str),
    history: Option<&History>,
    (title, body): (&str, Option<&Body>),
    now: &Now,
) -> Result<Vec<NewFile>> {
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let asked = Asked {
        title: title.trim(),
        name: name(&title)?,
        now,
        revisions: history.map_or(&[], |history| &history.revisions),
        body,
    };
    let files = by_id(layout)?.scaffold(&asked)?;
    match files.iter().find(|file| folder.join(&file.path).exists()) {
        None => Ok(files),
        Some(file) => Err(Fault::new("the file is there already").at(Place::file(folder.join(&file.path)))),
    }
}

/// A title as a file name has it: lower-case words with `_` between them.
fn name(title: &str) -> Result<String> {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = String::new();
    for word in words {
        let longer = name.len() + 1 + word.len();
        if !name.is_empty() && longer > LONGEST {
            break;
        }
        name.push_str(if name.is_empty() { "" } else { "_" });
        name.extend(word.chars().take(LONGEST));
    }
    match name.is_empty() {
        false => Ok(name),
        true => Err(Fault::new("a revision needs a name")
            .why(format!("{title:?} has no letter and no digit"))
            .next("say what it does: -m \"add orders total\"")),
    }
}

impl Asked<'_> {
    /// The newest revision with a version; its file tells how the folder is written.
    pub fn last(&self) -> Option<&Revision> {
        self.revisions.iter().rev().find(|revision| !revision.repeatable)
    }

    /// The digits that the next file begins with, after those that the files of the folder begin with.
    pub fn next_number(&self, first: Style) -> String {
        let digits = |revision: &Revision| {
            let file = revision.up.file.components().next()?.as_os_str().to_str()?.to_owned();
            Some(file.chars().take_while(char::is_ascii_digit).collect::<String>())
        };
        let seen: Vec<String> =
            self.revisions.iter().filter_map(digits).filter(|digits| !digits.is_empty()).collect();
        next(&seen, first, self.now)
    }

    /// The text of an up.
    pub fn up(&self) -> String {
        self.text(&self.title_and_header(), |body| &body.up, None)
    }

    /// The text of a down.
    pub fn down(&self) -> String {
        self.text(&self.back(), |body| &body.down, None)
    }

    fn title_and_header(&self) -> String {
        let header = self.body.map_or(&[][..], |body| &body.header);
        let lines = std::iter::once(self.title).chain(header.iter().map(String::as_str));
        lines.map(|line| format!("-- {line}\n")).collect()
    }

    fn back(&self) -> String {
        format!("-- Takes back: {}\n", self.title)
    }

    /// Whether it must run outside a transaction.
    pub fn is_outside(&self) -> bool {
        self.body.is_some_and(|body| !body.in_transaction)
    }

    /// A mark, where it must run outside a transaction; nothing otherwise.
    pub fn outside<'m>(&self, mark: &'m str) -> &'m str {
        if self.is_outside() { mark } else { "" }
    }

    /// A script that begins with a mark, where it must run outside a transaction.
    pub fn headed(&self, mark: &str, text: String) -> String {
        if self.is_outside() { format!("{mark}\n{text}") } else { text }
    }

    /// Refuses what must run outside a transaction, for a layout that can't say so.
    ///
    /// # Errors
    /// It must.
    pub fn in_transaction_only(&self, title: &str) -> Result<()> {
        match self.is_outside() {
            true => Err(Fault::new(format!("{title} runs every script in a transaction"))
                .why("a statement of this revision takes none")
                .next("--plain writes statements that run in one, with stronger locks")),
            false => Ok(()),
        }
    }

    fn text(&self, title: &str, way: fn(&Body) -> &[Statement], fence: Option<[&str; 2]>) -> String {
        let Some(body) = self.body else { return title.to_owned() };
        let mut text =
            if body.writing == Writing::Verbatim { String::new() } else { title.to_owned() + "\n" };
        for Statement { lead, sql, .. } in way(body) {
            text.push_str(lead);
            match fence.filter(|_| sql.contains(';') && body.writing != Writing::Verbatim) {
                Some([begin, end]) => text.push_str(&format!("{begin}\n{sql};\n{end}\n")),
                None => text.push_str(&format!("{sql};\n")),
            }
        }
        text
    }

    /// `<n>_<name>.up.sql` and `<n>_<name>.down.sql`; the mark of a script outside a transaction is their first line.
    pub fn pair(&self, first: Style, outside: &str) -> Vec<NewFile> {
        let stem = format!("{}_{}", self.next_number(first), self.name);
        let file = |way: &str, text| NewFile {
            path: format!("{stem}.{way}.sql").into(),
            text: self.headed(outside, text),
        };
        vec![file("up", self.up()), file("down", self.down())]
    }

    /// One file with both ways in it, each after its mark; a statement with semicolons in it between those of `fence`.
    pub fn marked(&self, path: String, [up, down]: [&str; 2], fence: Option<[&str; 2]>) -> Vec<NewFile> {
        let up_text = self.text(&self.title_and_header(), |body| &body.up, fence);
        let down_text = self.text(&self.back(), |body| &body.down, fence);
        vec![NewFile { path: path.into(), text: format!("{up}\n{up_text}\n{down}\n{down_text}") }]
    }
}

/// The number after those that were seen, written as they are: a timestamp after timestamps, never before the newest.
pub(super) fn next(seen: &[String], first: Style, now: &Now) -> String {
    let newest = seen.iter().max_by_key(|digits| digits.parse::<u64>().unwrap_or(0));
    let Some(newest) = newest else {
        return match first {
            Style::Timestamp => now.digits.clone(),
            Style::Sequence(width) => format!("{:0width$}", 1),
        };
    };
    let after = newest.parse::<u64>().unwrap_or(0) + 1;
    let (width, is_seconds) = (newest.len(), newest.len() == 10 && newest.starts_with(['1', '2']));
    let is_time = matches!(width, 14 | 12) || width == 8 && newest.starts_with("20");
    match (is_seconds, is_time) {
        (true, _) => u64::try_from(now.seconds).unwrap_or(0).max(after).to_string(),
        (_, true) => {
            let time = now.digits[..width].parse::<u64>().unwrap_or(0).max(after);
            format!("{time:0width$}")
        }
        _ if seen.iter().any(|digits| digits.starts_with('0')) => format!("{after:0width$}"),
        _ => after.to_string(),
    }
}

/// Whether a file's name is that of one half of a pair.
pub(super) fn is_pair(revision: &Revision) -> bool {
    let name = revision.up.file.to_str().unwrap_or_default();
    pairs::numbered(name).is_some() && name.ends_with(".up.sql")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Now {
        Now { digits: "20260102030405".to_owned(), seconds: 1_767_323_045 }
    }

    #[test]
    fn the_next_number_is_written_as_those_before_it() {
        let next = |seen: &[&str]| {
            let seen: Vec<String> = seen.iter().map(ToString::to_string).collect();
            next(&seen, Style::Sequence(4), &now())
        };
        assert_eq!(next(&[]), "0001");
        assert_eq!(next(&["8", "9"]), "10");
        assert_eq!(next(&["0009", "0010"]), "0011");
        assert_eq!(next(&["000", "999"]), "1000");
        assert_eq!(next(&["00000000000000", "20240101000000"]), "20260102030405");
        assert_eq!(next(&["20991231235959"]), "20991231235960");
        assert_eq!(next(&["202401010000"]), "202601020304");
        assert_eq!(next(&["1700000000"]), "1767323045");
        assert_eq!(next(&["20240101"]), "20260102");
    }

    #[test]
    fn a_name_is_words_that_any_tool_takes() {
        assert_eq!(name("Add orders' total (EUR)").as_deref(), Ok("add_orders_total_eur"));
        assert_eq!(name("größe").as_deref(), Ok("größe"));
        assert!(name("--").is_err());
        assert!(name(&"word ".repeat(80)).unwrap().len() <= LONGEST);
    }
}
