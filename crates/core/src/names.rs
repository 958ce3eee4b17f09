//! SQL identifiers and string literals as text. This is the only place that quotes.
//! Out: resolving names; that is the server's work.
//! Called by whoever builds SQL.

use std::borrow::Cow;

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

/// Writes one identifier for people, with quotes only where PostgreSQL's own printing has them: unless it is
/// made of lower-case letters, digits and underscores, and no reserved word of that server.
/// Source: `quote_ident` in PostgreSQL manual, 9.4 "String Functions".
pub fn display_ident(name: &str, is_reserved: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let plain = |(at, byte): (usize, u8)| match byte {
        b'a'..=b'z' | b'_' => true,
        b'0'..=b'9' => at > 0,
        _ => false,
    };
    match !name.is_empty() && name.bytes().enumerate().all(plain) && !is_reserved(name) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(quote_ident(name)),
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

    #[test]
    fn displays_as_the_server_does() {
        let display = |name| display_ident(name, |word| word == "order").into_owned();
        assert_eq!(display("total_2"), "total_2");
        assert_eq!(display("order"), r#""order""#);
        assert_eq!(display("2nd"), r#""2nd""#);
        assert_eq!(display("Mixed"), r#""Mixed""#);
        assert_eq!(display("a$"), r#""a$""#);
        assert_eq!(display(""), r#""""#);
    }
}
