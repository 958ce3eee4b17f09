//! The terminal: stdout for data, stderr for people, progress bars where a person looks.
//! Out: what is said.
//! Called by the commands.

use groundline_catalog::Snapshot;
use groundline_core::Fault;
use groundline_evidence::{Look, ScopeFacts, Severity};
use groundline_migrate::history::Revision;
use groundline_pg::drill::Progress;
use groundline_pg::server::Announce;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;

/// Colours are used on terminals unless the person says no.
pub fn set_colors(wanted: bool) {
    if !wanted {
        anstream::ColorChoice::Never.write_global();
    }
}

/// Writes data to stdout. A closed pipe is the reader's choice, not our fault.
pub fn data(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// What stdout can show: unicode unless the locale says that the terminal can't.
pub fn look() -> Look {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let unicode = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    Look { unicode, ..Look::default() }
}

/// Says a line to the person.
pub fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Says what the reader of a schema saw and could not read.
pub fn say_unread(schema: &Snapshot) {
    unread(schema).iter().for_each(note);
}

/// The same as data, for a step of a check.
pub fn unread(schema: &Snapshot) -> Vec<Fault> {
    schema.notes.iter().map(Fault::new).collect()
}

/// Says what a scope left out of some schemas, where it is not the default one.
pub fn say_scope<'a>(schemas: impl IntoIterator<Item = &'a Snapshot>) {
    let mut scope = ScopeFacts::default();
    schemas.into_iter().for_each(|schema| scope.add(schema));
    scope.lines().iter().for_each(|line| say(line));
}

/// Shows a fault to the person.
pub fn fault(fault: &Fault) {
    let _ = anstream::stderr()
        .write_all(groundline_evidence::render_fault(fault, Severity::Error, None, look()).as_bytes());
}

/// Shows the person what they should know.
pub fn note(note: &Fault) {
    let _ = anstream::stderr()
        .write_all(groundline_evidence::render_fault(note, Severity::Note, None, look()).as_bytes());
}

/// A bar of `indicatif`'s, drawn by a template of its.
pub fn progress_bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar
}

/// A progress bar on stderr; invisible where stderr is no terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for something that is being done.
    pub fn new(doing: &'static str) -> Self {
        let bar = progress_bar("{prefix} [{bar:30}] {pos}/{len} {wide_msg}");
        bar.set_prefix(doing);
        Self(bar)
    }
}

impl Progress for Bar {
    fn begin(&self, total: usize) {
        self.0.set_length(total as u64);
    }

    fn at(&self, revision: &Revision) {
        self.0.inc(1);
        self.0.set_message(revision.label());
    }
}

impl Announce for Bar {
    fn say(&self, line: &str) {
        self.0.suspend(|| say(line));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Announces on stderr.
pub struct Stderr;

impl Announce for Stderr {
    fn say(&self, line: &str) {
        say(line);
    }
}
