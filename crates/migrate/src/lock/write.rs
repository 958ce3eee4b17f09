//! The lock as text: one form only, a fact a line, so that a diff of two locks reads as what changed.
//! Out: reading it (`read`).
//! Called by the command `lock`.

use super::{FORMAT, Lock, Locked, LockedDown, LockedStep, Yields};
use groundline_catalog::Scope;
use std::fmt::Write as _;

/// Said at the top, for whoever meets the file in a diff or in a conflict.
const HEADER: &str = "\
# The revisions of this folder as they were locked, and the schema that each yields. Written by `groundline lock`;
# commit it. `groundline lock --verify` compares it with the files.
# A merge conflict here is meant: two branches added revisions. Keep the whole file of one side, the one that is
# deployed first (`git checkout --theirs` or `--ours`), then run `groundline lock`: it adds what is new after it.
";

impl Lock {
    /// The file's text. `LockFile::parse` reads the same lock from it, and the same lock is always the same text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\nversion = {FORMAT}\nlayout = {}\n", quoted(&self.layout));
        if let Some(head) = self.head() {
            // Here, and not only at the end, so that git sees a conflict even where only one side appended.
            let _ = writeln!(text, "head = {}\nchain = \"{}\"", quoted(head.id()), head.chain);
        }
        if self.scope != Scope::default().name() {
            let _ = writeln!(text, "scope = {}", quoted(&self.scope));
        }
        if let Some(major) = self.schema_major {
            let _ = writeln!(text, "schema_major = {major}");
        }
        if !self.empty.0.is_empty() {
            text.push_str("\n[empty]\n");
            yields(&mut text, &self.empty);
        }
        self.revisions.iter().for_each(|locked| revision(&mut text, locked));
        text
    }
}

fn revision(text: &mut String, locked: &Locked) {
    let (version, name) = (quoted(&locked.version), quoted(&locked.name));
    let _ = write!(text, "\n[[revision]]\nversion = {version}\nname = {name}\n");
    if locked.repeatable {
        text.push_str("repeatable = true\n");
    }
    step(text, "up", &locked.up);
    match &locked.down {
        LockedDown::Script(down) => step(text, "down", down),
        LockedDown::None => {}
        LockedDown::Irreversible(reason) => {
            let _ = writeln!(text, "down.irreversible = {}", quoted(reason));
        }
    }
    let _ = writeln!(text, "chain = \"{}\"", locked.chain);
    yields(text, &locked.yields);
}

fn step(text: &mut String, direction: &str, step: &LockedStep) {
    let _ = writeln!(text, "{direction}.file = {}", quoted(&step.file));
    let _ = writeln!(text, "{direction}.text = \"{}\"", step.text);
    let _ = writeln!(text, "{direction}.sql = \"{}\"", step.sql);
}

fn yields(text: &mut String, yields: &Yields) {
    for (major, one) in &yields.0 {
        let _ = writeln!(text, "schema.{major} = \"{}:{}\"", one.normal_form, one.fingerprint.schema);
        let _ = writeln!(text, "ordered.{major} = \"{}:{}\"", one.normal_form, one.fingerprint.ordered);
    }
}

/// A TOML string on one line. Source: TOML 1.0, "String".
fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}
