//! Reads `edits.txt`. Called by the tests.

/// One edit of the schema.
pub struct Edit {
    pub title: String,
    pub sql: String,
    /// Whether `pg_dump` prints something else afterwards.
    pub seen_by_pg_dump: bool,
    /// The differences, as they stand in the file.
    pub expected: Vec<String>,
}

/// The schema that the edits change.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The file's text.
pub fn text() -> &'static str {
    include_str!("edits.txt")
}

/// What stands before the first edit.
pub fn preamble() -> &'static str {
    text().split_once("\n## ").map_or("", |(preamble, _)| preamble)
}

/// All edits.
pub fn edits() -> Vec<Edit> {
    text().split("\n## ").skip(1).map(edit).collect()
}

fn edit(section: &str) -> Edit {
    let (title, rest) = section.split_once('\n').expect("a title and its SQL");
    let (notes, rest): (Vec<&str>, Vec<&str>) = rest.lines().partition(|line| line.starts_with('#'));
    let (expected, sql): (Vec<&str>, Vec<&str>) = rest.into_iter().partition(|line| line.starts_with("=> "));
    Edit {
        title: title.to_owned(),
        sql: sql.join("\n").trim().to_owned(),
        seen_by_pg_dump: !notes.contains(&"# pg_dump: same"),
        expected: expected.into_iter().map(str::to_owned).collect(),
    }
}
