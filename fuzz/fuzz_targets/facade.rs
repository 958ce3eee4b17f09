//! Any text goes through all that `groundline-sql` offers: split, grouped, read for its syntax and its operations, put
//! into its normal form; spans lie in the text and in order. The same law, on a stable toolchain and fewer texts, is in
//! `crates/sql/tests/properties.rs`.

#![no_main]

use groundline_fuzz::in_room;
use groundline_sql::{Concurrent, Script, StatementKind, created_extension, destructive, normal_form};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| in_room(text, read));

fn read(text: &str) {
    let script = Script::parse(text);
    let mut end = 0;
    for statement in &script.statements {
        assert!(end <= statement.span.start && statement.span.start < statement.span.end);
        end = statement.span.end;
        let written = &text[statement.span.range()];
        if let StatementKind::CopyFromStdin { data } = statement.kind {
            assert!(end <= data.start && text.get(data.range()).is_some());
        }
        (Concurrent::of(written), destructive(written), created_extension(written));
    }
    for wrap in [true, false] {
        let members: Vec<usize> =
            script.groups(wrap).iter().flat_map(|group| script.members(group)).collect();
        assert!(members.is_sorted() && members.iter().all(|member| *member < script.statements.len()));
    }
    for problem in script.syntax(text).problems {
        assert!(text.get(problem.span.range()).is_some());
    }
    assert_eq!(script.operations(text).len(), script.statements.len());
    normal_form(text);
}
