//! Reads the cases of `edits`, `same` and `sessions`, and writes their differences anew. Called by the tests.
//!
//! A case is a section of a file: `## title`, notes, SQL, differences.
//!
//! | line | means |
//! |---|---|
//! | `# from 15`, `# until 17` | the majors that can run it |
//! | `# icu` | only a server that was built with ICU can run it |
//! | `# apart` | each statement is sent by itself, outside a transaction |
//! | `# full` | the schema profile does not see it |
//! | `# exception: …` | `pg_dump` or the catalog alone sees a difference, and why that is right |
//! | `# gap: …` | the same, and it is wrong |
//! | `# exception of ← until 14: …` | `pg_dump` prints otherwise what statements made (`pairs`), and why nobody can help it |
//! | `given:` | the SQL that follows makes the state before the edit |
//! | `edit:` | the SQL that follows is the edit; it is, too, where no such line stands |
//! | `undo:` | the SQL that follows undoes the edit |
//! | `=> …` | a difference, as the first major prints it that can run the case, 15 at least |
//! | `=> 18: …` | a difference from that major on, where it has other ones |

use groundline_catalog::{Change, Difference};
use groundline_core::Major;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// The major whose differences stand in the files, where it can run a case.
const USUAL_MAJOR: u16 = 15;

/// One case.
#[derive(Clone, Default)]
pub struct Case {
    pub title: String,
    /// Its notes, with `# `.
    notes: Vec<String>,
    pub given: String,
    pub edit: String,
    pub undo: String,
    /// The differences by the first major that makes them.
    expected: BTreeMap<u16, Vec<String>>,
}

/// A file of cases.
pub struct File {
    path: PathBuf,
    preamble: String,
    pub cases: Vec<Case>,
}

/// The SQL that makes the schema, of a major: each file adds what came with the major of its name.
pub fn schema(major: Major) -> String {
    let files = files("schema", "sql").into_iter();
    let of_major = files.filter(|path| {
        let since = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u16>().ok());
        since.expect("a file named after a major") <= major.number()
    });
    of_major.map(|path| std::fs::read_to_string(path).expect("a readable schema")).collect()
}

/// The files of a folder of cases.
pub fn read(folder: &str) -> Vec<File> {
    files(folder, "txt").into_iter().map(File::read).collect()
}

/// What a server can run.
#[derive(Clone, Copy)]
pub struct Kind {
    pub major: Major,
    /// Whether it was built with ICU.
    pub icu: bool,
}

/// The cases of some folders that a server can run.
pub fn of_server(folders: &[&str], server: &Kind) -> Vec<Case> {
    let all = folders.iter().flat_map(|folder| read(folder)).flat_map(|file| file.cases);
    all.filter(|case| case.runs_on(server)).collect()
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/catalog")).join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry of the folder").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    paths.sort();
    paths
}

impl File {
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).expect("a readable file of cases");
        let (preamble, sections) = text.split_once("\n## ").expect("a preamble and a case");
        let cases = sections.split("\n## ").map(Case::read).collect();
        Self { path, preamble: preamble.to_owned(), cases }
    }

    /// Writes it with the differences that its cases have now.
    pub fn write(&self) {
        let mut text = self.preamble.clone();
        self.cases.iter().for_each(|case| case.write(&mut text));
        std::fs::write(&self.path, text).expect("the file is written");
    }
}

impl Case {
    fn read(section: &str) -> Self {
        let (title, lines) = section.split_once('\n').expect("a title and its SQL");
        let mut case = Self { title: title.to_owned(), ..Self::default() };
        let mut block = "edit:";
        for line in lines.lines() {
            match line {
                "given:" | "edit:" | "undo:" => block = line,
                note if note.starts_with("# ") => case.notes.push(note.to_owned()),
                expected if expected.starts_with("=>") => case.expect(expected),
                sql => {
                    let text = match block {
                        "given:" => &mut case.given,
                        "undo:" => &mut case.undo,
                        _ => &mut case.edit,
                    };
                    text.push_str(sql);
                    text.push('\n');
                }
            }
        }
        for text in [&mut case.given, &mut case.edit, &mut case.undo] {
            text.truncate(text.trim_end().len());
        }
        case
    }

    fn expect(&mut self, line: &str) {
        let difference = line.trim_start_matches("=> ");
        let of_major =
            difference.split_once(": ").and_then(|(major, rest)| Some((major.parse().ok()?, rest)));
        let (major, difference) = of_major.unwrap_or((self.usual_major(), difference));
        self.expected.entry(major).or_default().push(difference.to_owned());
    }

    fn write(&self, text: &mut String) {
        let usual = self.usual_major();
        let mut line = |line: &str| writeln!(text, "{line}").expect("a string takes all");
        line(&format!("\n## {}", self.title));
        self.notes.iter().for_each(|note| line(note));
        if !self.given.is_empty() {
            line(&format!("given:\n{}\nedit:", self.given));
        }
        line(&self.edit);
        if !self.undo.is_empty() {
            line(&format!("undo:\n{}", self.undo));
        }
        for (major, differences) in &self.expected {
            let of = if *major == usual { String::new() } else { format!("{major}: ") };
            differences.iter().for_each(|difference| line(&format!("=> {of}{difference}")));
        }
    }

    fn note(&self, name: &str) -> Option<&str> {
        self.notes.iter().find_map(|note| note.strip_prefix("# ")?.strip_prefix(name))
    }

    fn majors(&self) -> RangeInclusive<u16> {
        let number =
            |name, usual| self.note(name).map_or(usual, |major: &str| major.trim().parse().expect("a major"));
        number("from ", 0)..=number("until ", u16::MAX)
    }

    fn usual_major(&self) -> u16 {
        USUAL_MAJOR.clamp(*self.majors().start(), *self.majors().end())
    }

    /// Whether a server can run it.
    pub fn runs_on(&self, server: &Kind) -> bool {
        self.majors().contains(&server.major.number()) && (server.icu || self.note("icu").is_none())
    }

    /// Whether its statements can share a transaction.
    pub fn is_apart(&self) -> bool {
        self.note("apart").is_some()
    }

    /// Whether the schema profile does not see it.
    pub fn is_of_full_profile(&self) -> bool {
        self.note("full").is_some()
    }

    /// Why `pg_dump` and the catalog may disagree.
    pub fn exception(&self) -> Option<&str> {
        self.note("exception: ").or_else(|| self.note("gap: "))
    }

    /// Why `pg_dump` of a major prints otherwise what the statements of a way (`→` or `←`) made.
    pub fn exception_of(&self, way: char, major: Major) -> Option<&str> {
        let of_way = format!("# exception of {way} until ");
        let mut exceptions =
            self.notes.iter().filter_map(|note| note.strip_prefix(&of_way)?.split_once(": "));
        let holds = |until: &str| major.number() <= until.parse().expect("a major");
        exceptions.find(|(until, _)| holds(until)).map(|(_, why)| why)
    }

    /// What the catalog does not see and should.
    pub fn gap(&self) -> Option<&str> {
        self.note("gap: ")
    }
    /// Whether these are the differences of a major. Majors print some values in other words: where they are another
    /// major's, only the objects and their properties have to be the same.
    pub fn agrees(&self, major: Major, shown: &[String]) -> bool {
        let (own, expected) = self.expected(major);
        if own { expected == shown } else { same_objects(expected, shown) }
    }

    /// The differences of a major, and whether they are in its own words.
    fn expected(&self, major: Major) -> (bool, &[String]) {
        let usual = (&self.usual_major(), self.expected.get(&self.usual_major()));
        let of_major = self.expected.range(..=major.number()).next_back();
        let (since, lines) = of_major.map_or(usual, |(since, lines)| (since, Some(lines)));
        (*since == major.number(), lines.map_or(&[], Vec::as_slice))
    }

    /// Takes the differences that a major makes, where they are others than those that it knows.
    pub fn update(&mut self, major: Major, shown: Vec<String>) {
        let usual = major.number() == self.usual_major();
        let (own, expected) = self.expected(major);
        if own || usual || !same_objects(expected, &shown) {
            self.expected.insert(major.number(), shown);
        }
        let wanted = self.expected.get(&self.usual_major()).is_some_and(|lines| !lines.is_empty());
        self.expected.retain(|_, lines| wanted || !lines.is_empty());
    }
}

/// Whether two lists of differences are of the same objects and properties.
fn same_objects(some: &[String], others: &[String]) -> bool {
    let place = |line: &str| match line.split_once(" → ") {
        None => line.to_owned(),
        Some((before, _)) => before.split(": ").take(2).collect::<Vec<_>>().join(": "),
    };
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| place(one) == place(other))
}

/// Differences as they stand in the files.
pub fn lines(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(line).collect()
}

fn line(difference: &Difference) -> String {
    let object = &difference.object;
    match &difference.change {
        Change::Added => format!("+ {object}"),
        Change::Removed => format!("- {object}"),
        Change::Changed { property, before, after } => {
            let shown = |value: &Option<String>| value.as_deref().unwrap_or("nothing").replace('\n', "⏎");
            format!("~ {object}: {property}: {} → {}", shown(before), shown(after))
        }
        Change::ColumnOrder { before, after } => {
            format!("~ {object}: column order: {} → {}", before.join(", "), after.join(", "))
        }
    }
}
