//! The comparison of two schemas as markdown, for a comment on a pull request.

use super::{code, prose};
use crate::comparison::{Compared, Drawing, Line, Role, Side, left_out};
use crate::{count, grouped};

/// Lines of the tree that are shown: a comment has a limit of 65,536 characters.
const LINES: usize = 500;

/// A comparison as markdown. The sides have titles in it.
pub fn comparison_markdown(compared: &Compared, titles: [&str; 2], all: bool) -> String {
    let data = compared.data();
    let mut text = match data.equal {
        true => format!("### ✓ equal: {}\n", count(data.after.key.objects, "object")),
        false => format!("### ✗ {}\n", prose(&compared.summary())),
    };
    text.push_str("\n| | Schema | PostgreSQL | Objects | Fingerprint |\n|---|---|---|--:|---|\n");
    for (side, title) in [&data.before, &data.after].into_iter().zip(titles) {
        text.push_str(&row(side, title));
    }
    for line in left_out([&data.before, &data.after]) {
        text.push_str(&format!("\n_{}_\n", prose(&line)));
    }
    if !data.equal {
        text.push_str(&format!("\n`+` only in {}, `-` only in {}\n", prose(titles[1]), prose(titles[0])));
        text.push_str(&tree(compared, all));
    }
    text
}

fn row(side: &Side, title: &str) -> String {
    let key = &side.key;
    let objects = grouped(key.objects as u64);
    let digest = key.fingerprint.schema.short();
    format!("| {} | {} | {} | {objects} | `{digest}` |\n", prose(title), code(&side.name), side.server)
}

/// In a fence of the language `diff`, a line's colour comes from its first character.
fn tree(compared: &Compared, all: bool) -> String {
    let lines = compared.lines(Drawing { all, unicode: true });
    let shown = if all { lines.len() } else { LINES };
    let drawn: Vec<String> = lines.iter().take(shown).map(line).collect();
    let fence = "`".repeat(3.max(longest_run(&drawn) + 1));
    let more = match lines.len().saturating_sub(shown) {
        0 => String::new(),
        more => format!("\nand {}: --all shows them\n", count(more, "more line")),
    };
    format!("\n{fence}diff\n{}\n{fence}\n{more}", drawn.join("\n"))
}

fn line(line: &Line) -> String {
    let text: String = line.parts.iter().map(|(text, _)| text.as_str()).collect();
    let aside = line.aside.as_ref().map(|aside| format!("  {aside}")).unwrap_or_default();
    let indent = "  ".repeat(line.depth);
    match line.role {
        Role::Heading if line.sign == " " => format!("# {text}"),
        Role::Heading | Role::Entry | Role::Value | Role::Side | Role::Quiet => {
            format!("{} {indent}{text}{aside}", line.sign)
        }
    }
}

fn longest_run(lines: &[String]) -> usize {
    lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0)
}
