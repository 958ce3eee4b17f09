//! A name as PostgreSQL reads it: folded, in parts.
//! Out: which object it means (`lint`, which knows the search path). Called by operations.

use std::fmt;

/// A name with its schema, if that is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Its schema.
    pub schema: Option<String>,
    /// Its last part.
    pub name: String,
}

impl Name {
    /// Reads `a`, `a.b`, `"A".b`, `catalog.a.b`. Source: the manual, 4.1.1 "Identifiers and Key Words".
    pub fn read(text: &str) -> Name {
        let mut parts = parts(text);
        let name = parts.pop().unwrap_or_default();
        Name { schema: parts.pop(), name }
    }
}

/// Folds what is not quoted, and takes quotes away.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.trim().chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        let Some(part) = parts.last_mut() else { break };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                part.push('"');
            }
            '"' => quoted = !quoted,
            _ if quoted => part.push(character),
            '.' => parts.push(String::new()),
            _ if character.is_whitespace() => {}
            _ => part.extend(character.to_lowercase()),
        }
    }
    parts
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_are_folded_and_parted() {
        let read = |text| {
            let Name { schema, name } = Name::read(text);
            (schema, name)
        };
        assert_eq!(read("Orders"), (None, "orders".to_owned()));
        assert_eq!(read(r#"shop . "By ""Day""""#), (Some("shop".to_owned()), "By \"Day\"".to_owned()));
        assert_eq!(read("db.shop.orders"), (Some("shop".to_owned()), "orders".to_owned()));
    }
}
