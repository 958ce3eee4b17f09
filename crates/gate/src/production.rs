//! Which databases the rules of production hold for.
//! Out: the rules (`windows`, `people`).

use serde::Deserialize;

/// `[production]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Production {
    /// `host/database`, `*` stands for any characters. Without it, windows and owners hold for every database.
    pub at: Option<Vec<String>>,
}

impl Production {
    /// Whether a database is one of production's.
    pub fn is(&self, host: &str, database: &str) -> bool {
        let address = format!("{host}/{database}");
        self.at.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| matches(pattern, &address)))
    }
}

/// Whether a pattern with `*` is all of a text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_characters() {
        for (pattern, text) in
            [("*", "x"), ("db*/shop", "db1.internal/shop"), ("a*b*c", "abbc"), ("a/b", "a/b")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*b*c", "acb"), ("db/shop", "db/shop2"), ("*x", "xy")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        let production = Production { at: Some(vec!["db.internal/shop".to_owned()]) };
        assert!(production.is("db.internal", "shop") && !production.is("localhost", "shop"));
        assert!(Production::default().is("localhost", "shop"));
    }
}
