//! One file a case: `cases/NAME.sql` split, classified and grouped, with what is expected in `NAME.snap`.
//! Out: what a server says to them (`server`). Run by `cargo test`.

use groundline_sql::{Group, Script, StatementKind};
use std::fmt::Write as _;
use std::path::Path;

fn case(path: &Path) -> datatest_stable::Result<()> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a case needs a name")?;
    let text = std::fs::read_to_string(path)?;
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    settings.bind(|| insta::assert_snapshot!(name, describe(&text)));
    Ok(())
}

fn describe(text: &str) -> String {
    let script = Script::parse(text);
    let mut out = String::new();
    for (index, statement) in script.statements.iter().enumerate() {
        let kind = serde_json::to_string(&statement.kind).expect("kinds are plain data");
        let _ = writeln!(out, "{index} {}..{} {kind}", statement.span.start, statement.span.end);
        let _ = writeln!(out, "  {:?}", &text[statement.span.range()]);
        if let StatementKind::CopyFromStdin { data } = &statement.kind {
            let _ = writeln!(out, "  data {:?}", &text[data.range()]);
        }
    }
    for directive in &script.directives {
        let _ = writeln!(out, "directive {:?} {:?}", directive.text, &text[directive.span.range()]);
    }
    for note in &script.notes {
        let _ = writeln!(out, "note {} ({})", note.what, note.why.as_deref().unwrap_or("no reason"));
    }
    for (name, wrap) in [("wrapped", true), ("outside", false)] {
        let _ = writeln!(out, "{name}: {}", groups(&script, wrap));
    }
    let _ = writeln!(out, "needs outside: {}", script.needs_outside());
    out
}

fn groups(script: &Script, wrap: bool) -> String {
    let describe = |group: &Group| {
        let members: Vec<_> = script.members(group).map(|index| index.to_string()).collect();
        let word = match group {
            Group::Together(_) => "together",
            Group::RolledBack(_) => "rolled back",
            Group::Alone(_) => "alone",
        };
        format!("{word} [{}]", members.join(" "))
    };
    script.groups(wrap).iter().map(describe).collect::<Vec<_>>().join(", ")
}

datatest_stable::harness! {
    { test = case, root = "tests/cases", pattern = r"\.sql$" },
}
