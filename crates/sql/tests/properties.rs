//! What holds for every text: no panic, spans in order, nothing lost; and known statements come back.
//! Out: particular constructs (`cases`). Run by `cargo test`.

use groundline_sql::{Group, Script, Statement, StatementKind, normal_form};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces that change what the splitter is in.
const PIECES: &[&str] = &[
    ";",
    "'",
    "\"",
    "$$",
    "$a$",
    "$1",
    "--",
    "/*",
    "*/",
    "(",
    ")",
    "\\",
    "\\.",
    "\n",
    "\r\n",
    " ",
    "E'",
    "U&'",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "CREATE FUNCTION f() ",
    "BEGIN ATOMIC ",
    "CASE",
    "END",
    "COPY a FROM stdin",
    "VACUUM",
    "SELECT 1",
    "ä",
    "🐘",
    "\u{feff}",
    "\0",
    "-- groundline: x",
    "AS",
    ".",
    "\\gexec",
    "\\;",
    "\\:",
    "\\copy a from stdin",
    "REINDEX (",
    "CREATE SUBSCRIPTION s WITH (",
    "=",
    ",",
    "ALTER TABLE t DETACH PARTITION",
    "SET standard_conforming_strings = off",
    "DROP",
    "CLUSTER",
    "ALTER",
    "DATABASE d SET",
    "INDEX",
    "TABLESPACE",
];

/// Complete statements, none of which is psql's or has data lines.
const STATEMENTS: &[&str] = &[
    "SELECT 1",
    "SELECT 'a;b', 'it''s', '\\'",
    "SELECT E'\\';', \";\"\";\", U&'\\003B;'",
    "DO $$ BEGIN; 'x $a$; END $$",
    "DO $body$ ; $$ ; $body$",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT (SELECT 2); END",
    "CREATE RULE r AS ON INSERT TO a DO (DELETE FROM b; DELETE FROM c)",
    "CREATE SCHEMA s CREATE TABLE t (id int)",
    "CREATE INDEX CONCURRENTLY i ON t (id)",
    "CREATE TABLE \"größe\" (名 text)",
    "BEGIN",
    "COMMIT",
    "VACUUM",
    "COPY a TO stdout",
    "SELECT /* ; */ 1 -- ;\n + $1",
];

/// White space and comments, safe on either side of a semicolon.
const TRIVIA: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n\t",
    "-- a comment; it's (\n",
    "/* ; /* nested' */ $$ */",
    "-- groundline: note\r\n",
    "\n\n",
];

fn assert_sound(text: &str) {
    let script = Script::parse(text);
    let mut end = 0;
    for statement in &script.statements {
        let span = statement.span;
        assert!(end <= span.start && span.start < span.end && span.end <= text.len(), "{span:?} after {end}");
        assert!(text.get(span.range()).is_some(), "{span:?} cuts a character");
        end = span.end;
        if let StatementKind::CopyFromStdin { data } = statement.kind {
            assert!(end <= data.start && text.get(data.range()).is_some());
            // The rest of the command's line comes before the data.
            let is_apart = |other: &Statement| other.span.end <= data.start || data.end <= other.span.start;
            assert!(script.statements.iter().all(is_apart));
        }
    }
    for directive in &script.directives {
        assert!(text[directive.span.range()].contains("groundline:"));
    }
    for wrap in [true, false] {
        assert_groups_cover(&script, wrap);
    }
}

/// Groups are in order, and each statement to send is in exactly one.
fn assert_groups_cover(script: &Script, wrap: bool) {
    let grouped: Vec<usize> = script
        .groups(wrap)
        .iter()
        .flat_map(|group: &Group| script.members(group).collect::<Vec<_>>())
        .collect();
    let sent = |index: &usize| match &script.statements[*index].kind {
        StatementKind::PsqlMeta { .. } => false,
        StatementKind::Transaction(control) => *control == groundline_sql::TransactionControl::Savepoint,
        _ => true,
    };
    let expected: Vec<usize> = (0..script.statements.len()).filter(sent).collect();
    assert_eq!(grouped, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_split_soundly(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn any_mix_of_delimiters_is_split_soundly(pieces in vec(select(PIECES), 0..40)) {
        assert_sound(&pieces.concat());
        assert_sound(&pieces.join(" "));
    }

    #[test]
    fn known_statements_come_back(
        parts in vec((select(TRIVIA), select(STATEMENTS), select(TRIVIA)), 0..12),
        empty in any::<bool>(),
        last_semicolon in any::<bool>(),
    ) {
        let mut text = String::new();
        for (index, (before, statement, after)) in parts.iter().enumerate() {
            text.push_str(before);
            text.push_str(statement);
            text.push_str(after);
            // A comment at the end of a line, then the semicolon: on its own line.
            if index + 1 < parts.len() || last_semicolon {
                text.push_str(if empty { ";;" } else { ";" });
            }
        }
        let script = Script::parse(&text);
        let found: Vec<_> = script.statements.iter().map(|statement| &text[statement.span.range()]).collect();
        let expected: Vec<_> = parts.iter().map(|(_, statement, _)| *statement).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn trivia_does_not_change_the_normal_form(
        parts in vec((select(TRIVIA), select(STATEMENTS), select(TRIVIA)), 0..12),
        other in select(STATEMENTS),
        at in any::<prop::sample::Index>(),
    ) {
        let joined = |parts: &[(&str, &str, &str)]| {
            parts.iter().map(|(before, statement, after)| format!("{before}{statement}{after};")).collect::<String>()
        };
        let bare = |statements: &[&str]| normal_form(&statements.iter().map(|sql| format!("{sql};\n")).collect::<String>());
        let mut statements: Vec<&str> = parts.iter().map(|(_, statement, _)| *statement).collect();
        let normal = normal_form(&joined(&parts));
        prop_assert_eq!(&normal, &bare(&statements));
        if !statements.is_empty() {
            let at = at.index(statements.len());
            let is_other = statements[at] != other;
            statements[at] = other;
            prop_assert_eq!(normal != bare(&statements), is_other);
        }
    }

    #[test]
    fn any_mix_has_a_normal_form(pieces in vec(select(PIECES), 0..40)) {
        let text = pieces.join(" ");
        prop_assert_eq!(normal_form(&text), normal_form(&text.replace('\n', "\r\n").replace("\r\r\n", "\r\n")));
    }

    #[test]
    fn dollar_quotes_keep_any_body(body in "[^$]*", tag in "[a-z_ä][a-z0-9_ä]{0,5}|") {
        let statement = format!("DO ${tag}${body}${tag}$");
        let text = format!("{statement};SELECT 1");
        let script = Script::parse(&text);
        prop_assert_eq!(script.statements.len(), 2);
        prop_assert_eq!(&text[script.statements[0].span.range()], statement.as_str());
    }
}

#[test]
fn deep_nesting_needs_no_stack() {
    let depth = 1_000_000;
    let nested = |open: &str, close: &str| format!("SELECT {}1{};", open.repeat(depth), close.repeat(depth));
    for text in [nested("(", ")"), nested("/*", "*/"), nested("CASE ", " END"), nested("-(", ")")] {
        let script = Script::parse(&text);
        assert_eq!((script.statements.len(), script.notes.len()), (1, 0));
    }
}

#[test]
fn large_data_stays_out_of_statements() {
    let line = "1\tit's; $$ (\n";
    let text = format!("COPY a FROM stdin;\n{}\\.\nSELECT 1;", line.repeat(500_000));
    let script = Script::parse(&text);
    assert_eq!(script.statements.len(), 2);
    assert!(script.notes.is_empty());
    let StatementKind::CopyFromStdin { data } = script.statements[0].kind else { panic!("not a COPY") };
    assert_eq!(data.end - data.start, line.len() * 500_000);
}
