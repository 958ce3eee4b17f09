//! The normal form: which databases are equal in a snapshot, rule by rule, and its version.
//! Out: reading a database in it (`groundline-pg`), whose tests play every example on a server.
//! Called by snapshots (the version), and by the test that keeps `docs/reference/normal-form.md` true.

mod rules;

pub use rules::RULES;

use std::fmt::Write as _;

/// The version of the normal form: which properties count and how their values are written. It goes up
/// whenever an unchanged database would get another fingerprint.
pub const NORMAL_FORM: u16 = 2;

/// Each version, and what changed with it.
const HISTORY: &[(u16, &str)] = &[
    (1, "the first"),
    (
        2,
        "what an index and a constraint are made of (method, keys, predicate; deferrable, validated, no inherit …) are \
         properties of their own, where one text was before",
    ),
];

/// What a rule does with two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They are equal: what differs is said in two ways, and means one thing.
    Equal,
    /// They are equal: what differs is no part of a schema.
    LeftOut,
    /// They are equal in the profile `schema` only.
    OfEnvironment,
    /// They differ in the order of columns only, which is told apart.
    OrderOnly,
    /// They differ, in this many differences.
    Differs(usize),
}

/// One rule of the normal form.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What is taken as equal, left out, or told apart.
    pub says: &'static str,
    /// The reason.
    pub why: &'static str,
    /// What it does with the example.
    pub verdict: Verdict,
    /// The example.
    pub example: Example,
}

/// Two databases, as SQL: what both have, and what each has.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What both have.
    pub both: &'static str,
    /// What the first has.
    pub one: &'static str,
    /// What the second has.
    pub other: &'static str,
}

const HEAD: &str = "\
# What is taken as equal

<!-- Made from the rules in `crates/catalog/src/normal_form`:
     `GROUNDLINE_UPDATE=1 cargo test --package groundline-pg --test catalog normal_form` writes it anew. -->

A schema is compared in a normal form: objects with properties ([catalog.md](catalog.md)), written as PostgreSQL prints
them. Here are its rules, each with its reason and an example of two databases. A test plays every example on every
major, and looks whether the two are what the rule says.
";

const SECTIONS: [(&str, &str); 4] = [
    ("Equal", "Said in two ways, and the same thing."),
    ("Left out", "No part of a schema, in any profile."),
    ("Left out of the profile `schema`", "A part of the environment; the profile `full` has it."),
    ("Told apart", "Not equal, though one could think so."),
];

/// The page, in Markdown.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    let _ = write!(
        page,
        "\n## Version\n\nThe normal form has version {NORMAL_FORM}. Fingerprints are comparable within "
    );
    page.push_str("one version, one major of PostgreSQL and one scope:\nPostgreSQL prints some expressions in another way from one ");
    page.push_str("major to the next.\n\n| version | what changed |\n|---|---|\n");
    for (version, change) in HISTORY {
        let _ = writeln!(page, "| {version} | {change} |");
    }
    for (number, (title, says)) in SECTIONS.iter().enumerate() {
        let _ = write!(page, "\n## {title}\n\n{says}\n");
        for rule in RULES.iter().filter(|rule| rule.verdict.section() == number) {
            rule.write(&mut page);
        }
    }
    page
}

impl Verdict {
    fn section(self) -> usize {
        match self {
            Verdict::Equal => 0,
            Verdict::LeftOut => 1,
            Verdict::OfEnvironment => 2,
            Verdict::OrderOnly | Verdict::Differs(_) => 3,
        }
    }

    fn words(self) -> String {
        match self {
            Verdict::Equal | Verdict::LeftOut => "equal".to_owned(),
            Verdict::OfEnvironment => "equal in `schema`, not in `full`".to_owned(),
            Verdict::OrderOnly => "order only".to_owned(),
            Verdict::Differs(1) => "1 difference".to_owned(),
            Verdict::Differs(number) => format!("{number} differences"),
        }
    }
}

impl Rule {
    fn write(&self, page: &mut String) {
        let Example { both, one, other } = self.example;
        let side = |sql: &str| if sql.is_empty() { "-- nothing".to_owned() } else { sql.to_owned() };
        let both = if both.is_empty() { String::new() } else { format!("-- both\n{both}\n") };
        let _ = write!(
            page,
            "\n### {}\n\n{} {}\n\n```sql\n{both}-- one\n{}\n-- other: {}\n{}\n```\n",
            self.title,
            self.says,
            self.why,
            side(one),
            self.verdict.words(),
            side(other),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_ends_with_this_version() {
        let versions: Vec<u16> = HISTORY.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions, (1..=NORMAL_FORM).collect::<Vec<_>>());
    }
}
