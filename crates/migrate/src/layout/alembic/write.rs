//! A new revision of Alembic's as Python: each statement as a typed operation, or as `op.execute` with what SQLAlchemy
//! would take for its own written so that it does not.
//! Out: which file, after which revision (the module above calls with both). Called by `scaffold`.
//! Source: sqlalchemy `sqlalchemy/sql/compiler.py` (`BIND_PARAMS`, `visit_textclause`, `DDLCompiler.visit_ddl`).

use super::operation::{self, Written};
use crate::layout::scaffold::{Asked, Body, NewFile, Statement, Writing};
use groundline_core::Digest;
use std::fmt::Write as _;
use std::path::Path;

/// Digits of an identifier, as `alembic revision` has them.
const DIGITS: usize = 12;
/// Characters of a file's name after the identifier (`truncate_slug_length`).
const SLUG: usize = 40;

/// The file of a new revision after another one.
pub(super) fn revision(asked: &Asked<'_>, after: Option<&str>) -> NewFile {
    let seed = format!("{}\n{}\n{}", asked.title, asked.now.digits, after.unwrap_or_default());
    let revision = Digest::of(seed).to_string()[..DIGITS].to_owned();
    let slug: String = asked.name.chars().take(SLUG).collect();
    let path = Path::new(super::VERSIONS).join(format!("{revision}_{}.py", slug.trim_end_matches('_')));
    let literal = |name: Option<&str>| name.map_or("None".to_owned(), quoted);
    let (mut text, header) = (String::new(), asked.body.map_or(&[][..], |body| &body.header));
    // Writing to a string does not fail.
    let _ = writeln!(text, "\"\"\"{}\n", docstring(asked.title));
    for line in header {
        let _ = writeln!(text, "{}", docstring(line));
    }
    let _ = writeln!(
        text,
        "{}Revision ID: {revision}\nRevises:{}\nCreate Date: {}\n\n\"\"\"",
        if header.is_empty() { "" } else { "\n" },
        after.map_or(String::new(), |after| format!(" {after}")),
        date(&asked.now.digits)
    );
    let (up, down) = match asked.body {
        None => ("    pass\n".to_owned(), "    pass\n".to_owned()),
        Some(body) => (way(body, &body.up), way(body, &body.down)),
    };
    let uses = |name: &str| {
        let before = |at: usize, way: &str| way[..at].ends_with([' ', '(', '[', '=']);
        [&up, &down].iter().any(|way| way.match_indices(name).any(|(at, _)| before(at, way)))
    };
    let imports = [
        ("sa.", "import sqlalchemy as sa\n"),
        ("op.", "from alembic import op\n"),
        ("postgresql.", "from sqlalchemy.dialects import postgresql\n"),
    ];
    let imports: String =
        imports.iter().filter(|(name, _)| *name == "op." || uses(name)).map(|(_, line)| *line).collect();
    let _ = write!(
        text,
        "\n{imports}\nrevision = {}\ndown_revision = {}\nbranch_labels = None\ndepends_on = None\n\n\n\
         def upgrade() -> None:\n{up}\n\ndef downgrade() -> None:\n{down}",
        quoted(&revision),
        literal(after)
    );
    NewFile { path, text }
}

/// The body of a function.
fn way(body: &Body, statements: &[Statement]) -> String {
    let mut text = String::new();
    let indent = match body.in_transaction {
        true => "    ",
        false => {
            text.push_str("    with op.get_context().autocommit_block():\n");
            "        "
        }
    };
    if let Some(why) = statements.iter().find_map(|statement| statement.refuses.as_ref()) {
        return format!("    raise NotImplementedError({})\n", quoted(why));
    }
    let written = match body.writing == Writing::Operations {
        true => operation::written(statements, indent),
        false => operation::plain(statements),
    };
    for Written { lead, call, statement } in written {
        for line in lead.lines() {
            let comment = line.trim_start().strip_prefix("--").map(|rest| format!("{indent}#{rest}"));
            text.push_str(&comment.unwrap_or_default());
            text.push('\n');
        }
        let call = call.unwrap_or_else(|| format!("op.execute({})", argument(&statement.sql)));
        text.push_str(&format!("{indent}{call}\n"));
    }
    match statements.is_empty() {
        true => "    pass\n".to_owned(),
        false => text,
    }
}

/// The argument of `op.execute`. A text's `:name` is a parameter to SQLAlchemy; a DDL element has none, only `%`.
fn argument(sql: &str) -> String {
    match has_parameter(sql) {
        true => format!("sa.DDL({})", literal(&sql.replace('%', "%%"))),
        false => literal(sql),
    }
}

/// Whether SQLAlchemy would see a parameter, or a colon that is escaped.
pub(super) fn has_parameter(sql: &str) -> bool {
    let is_word = |at: char| at.is_alphanumeric() || at == '_' || at == '$';
    let characters: Vec<char> = sql.chars().collect();
    characters.iter().enumerate().any(|(index, character)| {
        let before = index.checked_sub(1).map(|index| characters[index]);
        let after = characters.get(index + 1);
        *character == ':'
            && after.is_some_and(|after| is_word(*after))
            && before.is_none_or(|before| before == '\\' || (before != ':' && !is_word(before)))
    })
}

fn literal(sql: &str) -> String {
    let escaped = sql.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    match escaped.contains('\n') || escaped.contains('"') {
        true if escaped.ends_with('"') => format!("\"\"\"{}\\\"\"\"\"", &escaped[..escaped.len() - 1]),
        true => format!("\"\"\"{escaped}\"\"\""),
        false => format!("\"{escaped}\""),
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

fn docstring(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "'''")
}

/// `20260102030405` as Alembic writes it.
fn date(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("00");
    let day = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    format!("{day} {}:{}:{}", part(8, 10), part(10, 12), part(12, 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlalchemy_would_take_for_its_own_is_written_otherwise() {
        assert_eq!(argument("SELECT 1"), "\"SELECT 1\"");
        assert_eq!(argument("SELECT 'a'::text"), "\"SELECT 'a'::text\"");
        assert_eq!(argument("SELECT a[1:2], '12:30'"), "\"SELECT a[1:2], '12:30'\"");
        assert_eq!(argument("SELECT ' :name %'"), "sa.DDL(\"SELECT ' :name %%'\")");
        assert_eq!(argument("SELECT '\\:x'"), "sa.DDL(\"SELECT '\\\\:x'\")");
        assert_eq!(argument("SELECT '50 %'"), "\"SELECT '50 %'\"");
        assert_eq!(argument("DROP TABLE \"A\""), "\"\"\"DROP TABLE \"A\\\"\"\"\"");
    }
}
