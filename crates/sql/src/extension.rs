//! The extension that a CREATE EXTENSION names.
//! Out: whether a server has it (`pg`). Called by the preflight's facts.

use crate::head::Head;

/// The extension's name, without quotes; nothing for another statement.
pub fn created_extension(statement: &str) -> Option<String> {
    let mut head = Head::new(statement);
    if !head.eat_all(&["create", "extension"]) {
        return None;
    }
    let _optional = head.eat("if") && head.eat_all(&["not", "exists"]);
    let token = head.take()?;
    let name = head.text_of(token);
    Some(match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::created_extension;

    #[test]
    fn a_name_is_read_with_and_without_quotes() {
        let name = |sql| created_extension(sql);
        assert_eq!(
            name("create extension if not exists \"uuid-ossp\" with schema x").as_deref(),
            Some("uuid-ossp")
        );
        assert_eq!(name("CREATE EXTENSION PgCrypto").as_deref(), Some("pgcrypto"));
        assert_eq!(name("create table extension (a int)"), None);
    }
}
