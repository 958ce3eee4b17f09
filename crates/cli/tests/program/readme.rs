//! README.md's tables say what the registries say, and its environment variables are those of the program. With
//! `BLESS=1` the tables are written anew.

use crate::support::groundline;
use groundline_evidence::{StepId, VERDICTS, verdict};
use groundline_migrate::layout;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

/// Two tests that write the page must not do it at once.
static PAGE: Mutex<()> = Mutex::new(());

#[test]
fn the_steps_are_those_of_the_checklist() {
    let row = |id: &StepId| [id.phase().title(), id.title(), id.proves()].map(str::to_owned);
    table("steps", ["phase", "step", "what it proves when it passes"], StepId::ALL.iter().map(row));
}

#[test]
fn the_layouts_are_those_of_the_registry() {
    let row = |layout: &&dyn layout::Layout| {
        let facts = layout.facts();
        [format!("`{}`", facts.id), facts.files.to_owned(), format!("`{}`", facts.table)]
    };
    table("layouts", ["layout", "files", "history table"], layout::all().iter().map(row));
}

#[test]
fn the_verdicts_are_those_of_the_drill() {
    let row = |info: groundline_evidence::VerdictInfo| {
        [info.symbol.to_owned(), format!("`{}`", info.word), info.meaning.to_owned()]
    };
    table("verdicts", ["", "verdict", "what was seen"], VERDICTS.map(verdict).into_iter().map(row));
}

#[test]
fn the_environment_variables_are_those_of_the_program() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let help = groundline(temp.path()).args(["check", "--help"]).output().expect("it runs").stdout;
    let names = |text: &str| -> BTreeSet<String> {
        let name = Regex::new(r"\bGROUNDLINE_[A-Z_]+\b").expect("a pattern");
        name.find_iter(text).map(|found| found.as_str().to_owned()).collect()
    };
    assert_eq!(names(&page()), names(&String::from_utf8_lossy(&help)));
}

/// Compares the table between `<!-- name -->` and `<!-- end -->`.
fn table<const N: usize>(name: &str, head: [&str; N], rows: impl Iterator<Item = [String; N]>) {
    let _alone = PAGE.lock();
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", "---|".repeat(N));
    let rows: String = rows.map(|cells| line(&cells)).collect();
    let expected = format!("\n{}{rule}{rows}", line(&head.map(str::to_owned)));
    let page = page();
    let (before, rest) = page.split_once(&format!("<!-- {name} -->\n")).expect("the table's begin");
    let (table, _) = rest.split_once("\n<!-- end -->").expect("the table's end");
    match std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        true => {
            let start = before.len() + page[before.len()..].find('\n').expect("a line end") + 1;
            let text = format!("{}{expected}{}", &page[..start], &page[start + table.len()..]);
            std::fs::write(path(), text).expect("README.md can be written");
        }
        false => assert!(table == expected, "README.md, {name}: BLESS=1 writes it anew\n{expected}"),
    }
}

fn page() -> String {
    std::fs::read_to_string(path()).expect("README.md")
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")
}
