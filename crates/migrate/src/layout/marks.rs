//! The marks by which goose, dbmate and sql-migrate divide a file: which tool's a line is.
//! Out: what each mark means (the layouts).
//! Called by listings and those three layouts.

use super::source::lines;

/// Whose marks a file carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// `-- +goose …`
    Goose,
    /// `-- migrate:up`, `-- migrate:down`
    Dbmate,
    /// `-- +migrate …`
    SqlMigrate,
    /// No tool's.
    Plain,
}

/// The first tool's mark in a text.
pub fn first(text: &str) -> Mark {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    lines(text).find_map(|line| of(line.text)).unwrap_or(Mark::Plain)
}

fn of(line: &str) -> Option<Mark> {
    if goose(line).is_some() {
        Some(Mark::Goose)
    } else if dbmate(line).is_some() {
        Some(Mark::Dbmate)
    } else if sql_migrate(line).is_some() {
        Some(Mark::SqlMigrate)
    } else {
        None
    }
}

/// What follows `-- +goose`. As in goose, it may stand anywhere in a comment line.
pub fn goose(line: &str) -> Option<String> {
    let is_comment = line.trim_start().starts_with("--");
    (is_comment && line.contains("+goose"))
        .then(|| line.replace("--", "").replacen("+goose", "", 1).trim().to_owned())
}

/// `up` or `down`, and the options after it. As in dbmate, the comment starts the line.
pub fn dbmate(line: &str) -> Option<(&str, &str)> {
    let mark = line.strip_prefix("--")?.trim_start().strip_prefix("migrate:")?;
    let (direction, options) = mark.split_at(mark.find(char::is_whitespace).unwrap_or(mark.len()));
    matches!(direction, "up" | "down").then_some((direction, options.trim()))
}

/// The command and its options. As in sql-migrate, the line starts with exactly `-- +migrate `.
pub fn sql_migrate(line: &str) -> Option<Vec<&str>> {
    Some(line.strip_prefix("-- +migrate ")?.split_whitespace().collect())
}
