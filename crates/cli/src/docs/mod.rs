//! The command `docs`: the team's documents, made from the project so that they are true. What a team writes around the
//! generated part stays.
//! Out: what the documents prove (`gate`). Called by `main`, `init`, and the gate, which asks whether they are current.

mod words;

use crate::args::ProjectArgs;
use crate::settings::Project;
use crate::{Exit, console, drill};
use clap::Args;
use groundline_core::{Fault, Result};
use groundline_migrate::history::History;
use std::path::PathBuf;

/// Where the documents lie, below a project's folder.
const FOLDER: &str = "docs/migrations";

const BEGIN: &str =
    "<!-- groundline: made by `groundline docs`; what is written outside these two lines stays -->";
const END: &str = "<!-- groundline: end -->";

/// A document: its file, and its page before words are filled in.
pub struct Document {
    pub file: &'static str,
    page: &'static str,
}

/// All documents.
pub const DOCUMENTS: [Document; 6] = [
    Document { file: "cookbook.md", page: include_str!("pages/cookbook.md") },
    Document { file: "review-checklist.md", page: include_str!("pages/review-checklist.md") },
    Document { file: "runbook-backup.md", page: include_str!("pages/runbook-backup.md") },
    Document { file: "runbook-restore.md", page: include_str!("pages/runbook-restore.md") },
    Document { file: "runbook-emergency.md", page: include_str!("pages/runbook-emergency.md") },
    Document { file: "operating-window.md", page: include_str!("pages/operating-window.md") },
];

/// The items of the gate that a document proves.
pub const DOCUMENTS_OF_ITEMS: [(&str, &Document); 5] = [
    ("cookbook", &DOCUMENTS[0]),
    ("review-checklist", &DOCUMENTS[1]),
    ("backup-runbook", &DOCUMENTS[2]),
    ("restore-decision", &DOCUMENTS[3]),
    ("emergency-runbook", &DOCUMENTS[4]),
];

#[derive(Debug, Args)]
pub struct DocsArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Write nothing; end with 1 where a document is not there or out of date.
    #[arg(long)]
    pub check: bool,
}

/// Runs `docs`.
pub async fn run(args: DocsArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let history = drill::history(&project).ok();
    if args.check {
        let old: Vec<&Document> =
            DOCUMENTS.iter().filter(|document| !is_current(&project, history.as_ref(), document)).collect();
        for document in &old {
            console::data(&format!("{} is out of date\n", path_of(&project, document).display()));
        }
        return Ok(if old.is_empty() { Exit::Done } else { Exit::Findings });
    }
    for file in write(&project, history.as_ref())? {
        console::data(&format!("wrote {}\n", file.display()));
    }
    Ok(Exit::Done)
}

/// Writes the documents that are not current; returns which.
pub fn write(project: &Project, history: Option<&History>) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for document in DOCUMENTS.iter().filter(|document| !is_current(project, history, document)) {
        let file = path_of(project, document);
        let io = |error: std::io::Error| Fault::io("write the document", &file, &error);
        let old = std::fs::read_to_string(&file).unwrap_or_default();
        std::fs::create_dir_all(project.folder.join(FOLDER)).map_err(io)?;
        std::fs::write(&file, merged(&old, &made(project, history, document))).map_err(io)?;
        written.push(file);
    }
    Ok(written)
}

/// Where a document lies.
pub fn path_of(project: &Project, document: &Document) -> PathBuf {
    project.folder.join(FOLDER).join(document.file)
}

/// Whether a document is there, with the part that would be made now.
pub fn is_current(project: &Project, history: Option<&History>, document: &Document) -> bool {
    let text = std::fs::read_to_string(path_of(project, document)).unwrap_or_default();
    text.contains(&made(project, history, document))
}

/// The generated part, with its marks.
fn made(project: &Project, history: Option<&History>, document: &Document) -> String {
    let mut text = document.page.to_owned();
    for (name, word) in words::of(project, history) {
        text = text.replace(&format!("{{{name}}}"), &word);
    }
    format!("{BEGIN}\n{}\n{END}\n", text.trim_end())
}

/// A document with its generated part in the place of the old one; without one, at its end.
fn merged(old: &str, made: &str) -> String {
    match (old.find(BEGIN), old.find(END)) {
        (Some(begin), Some(end)) if begin < end => {
            let after = old[end + END.len()..].trim_start_matches('\n');
            let gap = if after.is_empty() { "" } else { "\n" };
            format!("{}{made}{gap}{after}", &old[..begin])
        }
        _ if old.trim().is_empty() => made.to_owned(),
        _ => format!("{}\n\n{made}", old.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_s_words_stay_around_what_is_made() {
        let made = |text: &str| format!("{BEGIN}\n{text}\n{END}\n");
        assert_eq!(merged("", &made("a")), made("a"));
        assert_eq!(merged("ours\n", &made("a")), format!("ours\n\n{}", made("a")));
        let old = format!("ours\n\n{}\nand ours\n", made("a"));
        assert_eq!(merged(&old, &made("b")), format!("ours\n\n{}\nand ours\n", made("b")));
        assert_eq!(merged(&merged(&old, &made("b")), &made("a")), old);
    }
}
