//! The evidence folder: which files, written so that each is whole or absent.
//! Out: what is in them (`seal` and the renderers).

use crate::{Record, chain};
use groundline_core::{Digest, Fault, Place, Result, scrub};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// The evidence as JSON.
pub const EVIDENCE_JSON: &str = "evidence.json";
/// The report as a page.
pub const REPORT_HTML: &str = "report.html";
/// The report as markdown.
pub const REPORT_MARKDOWN: &str = "report.md";
/// What the run proves of which files, as an in-toto Statement.
pub const STATEMENT: &str = "statement.json";
/// The files' digests, as `sha256sum -c` reads them.
pub const DIGESTS: &str = "SHA256SUMS";

/// A log that lies beside the evidence.
#[derive(Clone, Debug)]
pub struct LogFile {
    /// Its file's name, without folders.
    pub name: String,
    /// What is in it.
    pub text: String,
}

pub(crate) fn write(record: &Record, folder: &Path, logs: &[LogFile]) -> Result<()> {
    let mut files = vec![
        (EVIDENCE_JSON.to_owned(), record.json()?),
        (REPORT_HTML.to_owned(), record.html()?),
        (REPORT_MARKDOWN.to_owned(), record.markdown()),
    ];
    for log in logs {
        let taken = files.iter().any(|(name, _)| *name == log.name)
            || [DIGESTS, STATEMENT].contains(&log.name.as_str());
        if taken || !is_plain_name(&log.name) {
            return Err(Fault::new(format!("{:?} can't be the name of a log", log.name)));
        }
        files.push((log.name.clone(), scrub(&log.text)));
    }
    files.sort();
    let statement = chain::statement(record.evidence(), &files)?;
    files.push((STATEMENT.to_owned(), statement));
    let digests: String =
        files.iter().map(|(name, text)| format!("{}  {name}\n", Digest::of(text))).collect();
    fs::create_dir_all(folder).map_err(|error| Fault::io("make the evidence folder", folder, &error))?;
    files.push((DIGESTS.to_owned(), digests));
    files.iter().try_for_each(|(name, text)| place(folder, name, text))
}

pub(crate) fn read(folder: &Path) -> Result<String> {
    let path = folder.join(EVIDENCE_JSON);
    fs::read_to_string(&path).map_err(|error| Fault::io("read the evidence", path, &error))
}

/// Writes beside and renames, so that nobody sees half a file.
fn place(folder: &Path, name: &str, text: &str) -> Result<()> {
    let (target, partial) = (folder.join(name), folder.join(format!(".{name}.partial")));
    let written = write_whole(&partial, text).and_then(|()| fs::rename(&partial, &target));
    written.map_err(|error| {
        // The first error is the one to tell; that the partial file can't be removed either follows from it.
        let _ = fs::remove_file(&partial);
        Fault::new("could not write the evidence").at(Place::file(&target)).why(error.to_string())
    })
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_stays_in_its_folder() {
        assert!(is_plain_name("app.log"));
        for name in ["", "../app.log", ".hidden", "a/b", "a\\b"] {
            assert!(!is_plain_name(name), "{name}");
        }
    }
}
