//! Differences of two schemas as lines: `+`, `-` or `~`, the object, what changed.

use super::layout::indented;
use super::{Look, paint, quiet, tone_style};
use crate::{Tone, difference_line, grouped};
use anstyle::Style;
use groundline_catalog::Difference;

/// Characters of a property's value.
const VALUE: usize = 60;

/// The first differences; `rest` says where to find the others.
pub(super) fn differences(differences: &[Difference], rest: &str, look: Look) -> String {
    let mut text = String::new();
    for difference in differences.iter().take(look.differences) {
        text.push_str(&one(difference, look));
    }
    if let Some(more) = differences.len().checked_sub(look.differences).filter(|more| *more > 0) {
        let line = format!("    and {} more: {rest}", grouped(more as u64));
        text.push_str(&format!("{}\n", paint(&line, quiet())));
    }
    text
}

/// One difference, with a line end.
pub(super) fn one(difference: &Difference, look: Look) -> String {
    let line = difference_line(difference, VALUE, look.unicode);
    let style = match line.as_bytes().first() {
        Some(b'+') => tone_style(Tone::Good),
        Some(b'-') => tone_style(Tone::Bad),
        _ => tone_style(Tone::Notice),
    };
    let (sign, what) = line.split_at(1);
    let wrapped = indented(what, 6, look.columns(), Style::new());
    format!("    {} {}", paint(sign, style), wrapped.trim_start())
}
