//! Any text's comments are read as directives: Groundline's own (`allow`, `irreversible`), and the marks of the tools
//! whose folders it reads. A suppression comes back from its own words, and what counts says why. A text may not be what
//! a tool takes; a fault is an answer, a panic is none.

#![no_main]

use groundline_fuzz::in_room;
use groundline_lint::{Policies, Schema, Settings, Suppression, judge, suppressions};
use groundline_migrate::layout;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Layouts that read marks in the text, each with the files of one revision.
const MARKED: &[(&str, &[&str])] = &[
    ("sqlx", &["1_a.up.sql", "1_a.down.sql"]),
    ("goose", &["00001_a.sql"]),
    ("dbmate", &["20260101000000_a.sql"]),
    ("sql-migrate", &["1_a.sql"]),
];

/// Memory where the system has it as files, since each text is written.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let root = if shared.is_dir() { shared } else { std::env::temp_dir() };
    let folder = root.join(format!("groundline-fuzz-{}", std::process::id()));
    MARKED.iter().for_each(|(id, _)| std::fs::create_dir_all(folder.join(id)).expect("a folder of its own"));
    folder
});

fn words(suppression: &Suppression) -> String {
    let mut words = format!("-- groundline: allow {}", suppression.rules.join(" "));
    let until = suppression.until.map(|day| format!(" until {day}"));
    let because = suppression.because.as_ref().map(|why| format!(" because {why}"));
    [until, because].into_iter().flatten().for_each(|part| words.push_str(&part));
    words
}

fuzz_target!(|text: &str| in_room(text, read));

fn read(text: &str) {
    for suppression in suppressions(text) {
        assert!(text[suppression.span.range()].contains("groundline:"));
        let again = suppressions(&words(&suppression));
        let [again] = again.as_slice() else { panic!("{} is one suppression", words(&suppression)) };
        assert_eq!(
            (&again.rules, again.until, &again.because),
            (&suppression.rules, suppression.until, &suppression.because)
        );
    }
    let (major, today, policies) =
        ("18".parse().unwrap(), jiff::civil::date(2026, 1, 1), Policies::default());
    let settings = Settings { major, wrapped: false, today, policies: &policies, has_down: None };
    let verdict = judge(text, &mut Schema::unknown(), settings);
    assert!(verdict.suppressed.iter().all(|each| each.by.because.is_some()));
    let (id, files) = MARKED[text.len() % MARKED.len()];
    let folder = FOLDER.join(id);
    files.iter().for_each(|file| std::fs::write(folder.join(file), text).expect("it is written"));
    drop(layout::read(&folder, Some(id)));
}
