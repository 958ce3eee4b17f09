//! SQL identifiers and string literals as text. This is the only place that quotes.
//! Out: resolving names; that is the server's work.
//! Called by whoever builds SQL.

/// Quotes one identifier, always (the list of reserved words differs between majors).
/// Source: PostgreSQL manual, 4.1.1 "Identifiers and Key Words".
pub fn quote_ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Quotes `schema.name`.
pub fn quote_qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quote_ident(schema), quote_ident(name))
}

/// Quotes a string literal, right whatever `standard_conforming_strings` says. For utility statements,
/// which take no parameters; everywhere else values travel as parameters.
/// Source: PostgreSQL manual, 4.1.2.2 "String Constants with C-Style Escapes".
pub fn quote_literal(value: &str) -> String {
    let doubled = value.replace('\'', "''");
    match doubled.contains('\\') {
        true => format!("E'{}'", doubled.replace('\\', "\\\\")),
        false => format!("'{doubled}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_could_break_out() {
        assert_eq!(quote_ident(r#"a"b"#), r#""a""b""#);
        assert_eq!(quote_qualified("public", "user"), r#""public"."user""#);
        assert_eq!(quote_literal("it's"), "'it''s'");
        assert_eq!(quote_literal(r"a\'b"), r"E'a\\''b'");
    }
}
