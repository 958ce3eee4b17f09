//! The comparison of two schemas on a terminal: the two sides, the tree of differences, what it sums up to.

use super::layout::{indented, pad_right, width_of};
use super::{Look, paint, quiet, tone_style};
use crate::comparison::{Compared, Drawing, Line, Role, Side, left_out};
use crate::{Tone, count};
use anstyle::Style;

/// A comparison in lines, with ANSI styles; with `all`, nothing is folded or cut. Both sides have a title in it.
pub fn render_comparison(compared: &Compared, titles: [&str; 2], all: bool, look: Look) -> String {
    let data = compared.data();
    let mut text = sides([&data.before, &data.after], titles, look);
    if data.equal {
        let sign = paint(look.pick("✓", "="), tone_style(Tone::Good));
        let key = &data.after.key;
        text.push_str(&format!("\n{sign} equal: {}, fingerprint {}\n", count(key.objects, "object"), {
            key.fingerprint.schema.short()
        }));
        return text;
    }
    text.push('\n');
    text.push_str(&render_differences(compared, all, look));
    text.push_str(&format!(
        "\n{}\n{}\n",
        indented(&compared.summary(), 0, look.columns(), Style::new()).trim_end(),
        { legend(titles) }
    ));
    text
}

/// What the signs of a tree mean.
pub(super) fn legend([before, after]: [&str; 2]) -> String {
    paint(&format!("+ only in {after}, - only in {before}, ~ in both and not the same"), quiet())
}

/// The tree of differences alone.
pub fn render_differences(compared: &Compared, all: bool, look: Look) -> String {
    let lines = compared.lines(Drawing { all, unicode: look.unicode });
    let mut text = String::new();
    for one in &lines {
        if one.role == Role::Heading && !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&line(one, look));
    }
    text
}

/// Two sides as a table, and below it what their scope left out.
pub(super) fn sides(sides: [&Side; 2], titles: [&str; 2], look: Look) -> String {
    let names = sides.map(|side| crate::describe::one_line(&side.name));
    let width = titles.map(width_of).into_iter().max().unwrap_or(0);
    let wide = names.iter().map(|name| width_of(name)).max().unwrap_or(0);
    let mut text = String::new();
    for ((side, title), name) in sides.into_iter().zip(titles).zip(&names) {
        let facts = format!(
            "PostgreSQL {}, {}, fingerprint {}",
            side.server,
            count(side.key.objects, "object"),
            side.key.fingerprint.schema.short()
        );
        let title = paint(&pad_right(title, width), Style::new().bold());
        match width + wide + width_of(&facts) + 4 <= look.columns() {
            true => {
                text.push_str(&format!("{title}  {}  {}\n", pad_right(name, wide), paint(&facts, quiet())));
            }
            false => text.push_str(&format!(
                "{title}  {name}\n{}  {}\n",
                " ".repeat(width),
                paint(&facts, quiet())
            )),
        }
    }
    for line in left_out(sides) {
        text.push_str(&indented(&line, 0, look.columns(), quiet()));
    }
    for (side, name) in sides.into_iter().zip(&names) {
        for note in &side.notes {
            text.push_str(&indented(&format!("{name}: {note}"), 0, look.columns(), tone_style(Tone::Notice)));
        }
    }
    text
}

fn line(line: &Line, look: Look) -> String {
    let indent = " ".repeat(2 * line.depth);
    let style = line.tone.map_or(Style::new(), tone_style);
    let bold = Style::new().bold();
    let plain: String = line.parts.iter().map(|(text, _)| text.as_str()).collect();
    match line.role {
        Role::Heading if line.sign == " " => format!("{}\n", paint(&plain, bold)),
        Role::Heading => format!("{} {}\n", paint(line.sign, style.bold()), paint(&plain, bold)),
        Role::Quiet => format!("{indent}{} {}\n", paint(line.sign, style), paint(&plain, quiet())),
        Role::Value if line.sign == " " => format!("{}\n", format!("{indent}  {plain}").trim_end()),
        Role::Value => format!("{indent}{}\n", paint(&format!("{} {plain}", line.sign), style)),
        Role::Side => {
            let emphasis = |(text, stands_out): &(String, bool)| match stands_out {
                true => paint(text, style.bold().underline()),
                false => paint(text, style),
            };
            let value: String = line.parts.iter().map(emphasis).collect();
            format!("{indent}{} {value}\n", paint(line.sign, style))
        }
        Role::Entry => entry(line, &plain, look),
    }
}

fn entry(line: &Line, plain: &str, look: Look) -> String {
    let indent = 2 * line.depth;
    let sign = paint(line.sign, line.tone.map_or(Style::new(), tone_style));
    let body = indented(plain, indent + 2, look.columns(), Style::new());
    let text = format!("{}{sign} {}", " ".repeat(indent), body.trim_start());
    let Some(aside) = &line.aside else { return text };
    let room = look.columns().saturating_sub(indent + 2);
    if width_of(plain) + 2 + width_of(aside) <= room {
        return format!("{}  {}\n", text.trim_end(), paint(aside, quiet()));
    }
    text + &indented(aside, indent + 4, look.columns(), quiet())
}
