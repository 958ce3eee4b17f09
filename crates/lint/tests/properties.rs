//! Any text is judged without a panic, and what is said of it is in it: pieces of the fixtures, cut and put together.

use groundline_lint::{Schema, Settings, judge};
use proptest::prelude::*;
use std::path::Path;

/// The statements of all fixtures, in one text.
fn corpus() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let folders = std::fs::read_dir(folder).expect("the fixtures").flatten();
    let mut files: Vec<_> = folders
        .flat_map(|folder| ["bad.sql", "good.sql"].map(|file| folder.path().join(file)))
        .filter(|file| file.is_file())
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).expect("a fixture")).collect()
}

fn settings(wrapped: bool) -> Settings<'static> {
    static NONE: std::sync::LazyLock<groundline_lint::Policies> = std::sync::LazyLock::new(Default::default);
    let (major, today) = ("18".parse().expect("a major"), jiff::civil::date(2026, 1, 1));
    Settings { major, wrapped, today, policies: &NONE, has_down: None }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_cut_of_the_fixtures_is_judged(
        cuts in proptest::collection::vec((0.0..1.0f64, 1usize..160), 1..12),
        wrapped: bool,
        known: bool,
    ) {
        let corpus = corpus();
        let characters: Vec<char> = corpus.chars().collect();
        let mut text = String::new();
        for (start, length) in cuts {
            let from = (start * characters.len() as f64) as usize;
            text.extend(characters.iter().skip(from).take(length));
        }
        let mut schema = Schema { known, ..Schema::unknown() };
        let verdict = judge(&text, &mut schema, settings(wrapped));
        for finding in &verdict.findings {
            prop_assert!(finding.span.end <= text.len());
            prop_assert!(finding.statement < verdict.statements.len().max(1));
            prop_assert!(text.get(finding.span.range()).is_some());
        }
    }

    #[test]
    fn any_text_is_judged(text in "\\PC{0,200}") {
        judge(&text, &mut Schema::unknown(), settings(false));
    }
}
