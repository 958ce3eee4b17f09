//! Columns of text: widths, padding, wrapping. Widths are terminal cells, as Unicode counts them.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(super) fn width_of(text: &str) -> usize {
    text.width()
}

/// Blanks after the text up to a width.
pub(super) fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// Blanks before the text up to a width.
pub(super) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// A table for people: a lower-case head, columns two blanks apart, the last one as long as it is.
pub fn columns(heads: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = heads.iter().map(ToString::to_string).collect();
    let all = || std::iter::once(&head).chain(rows);
    let width = |at: usize| all().map(|row| width_of(&row[at])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| pad_right(cell, *width)).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    all().map(line).collect()
}

/// Lines of at most `width` cells, broken at blanks, and inside a word that is wider. At least one line.
/// Control characters become blanks.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in crate::describe::one_line(text).split(' ') {
        for piece in pieces(word, width) {
            match lines.last_mut() {
                Some(line) if line.is_empty() => line.push_str(piece),
                Some(line) if width_of(line) + 1 + width_of(piece) <= width => {
                    line.push(' ');
                    line.push_str(piece);
                }
                Some(_) | None => lines.push(piece.to_owned()),
            }
        }
    }
    lines
}

/// A paragraph: indented, wrapped, each line in a style.
pub(super) fn indented(text: &str, indent: usize, columns: usize, style: Style) -> String {
    let lines = wrap(text, columns.saturating_sub(indent).max(20));
    lines.iter().map(|line| format!("{}{style}{line}{style:#}\n", " ".repeat(indent))).collect()
}

fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut cells) = (0, 0);
    for (at, c) in word.char_indices() {
        let wide = c.width().unwrap_or(0);
        if cells + wide > width && at > start {
            pieces.push(&word[start..at]);
            (start, cells) = (at, 0);
        }
        cells += wide;
    }
    pieces.push(&word[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_by_cells_and_breaks_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("漢字漢字", 4), ["漢字", "漢字"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(pad_left("漢", 4), "  漢");
    }
}
