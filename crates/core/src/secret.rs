//! Secrets in text: passwords in connection URLs and in `key=value` connection strings.
//! Out: where secrets come from.
//! Called at every door where text leaves the program: faults, logs, evidence.

/// The text with every password in it replaced by `***`: `scheme://user:password@`, `password=…` (quoted or
/// not, as libpq reads it) and `PGPASSWORD=…`. Source: PostgreSQL manual, 32.1.1 "Connection Strings".
pub fn scrub(text: &str) -> String {
    scrub_assignments(&scrub_urls(text))
}

const HIDDEN: &str = "***";

fn scrub_urls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        rest = after;
        let is_end =
            |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '<' | '>' | '?' | '#');
        // A password with a bare `/` is malformed, but hiding too much is better than too little: the
        // authority goes on to the last `@` before white space or a quote.
        let is_hard_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>');
        let hard_end = after.find(is_hard_end).unwrap_or(after.len());
        let end = match after[..hard_end].rfind('@') {
            Some(at_sign) => at_sign + 1,
            None => after.find(is_end).unwrap_or(after.len()),
        };
        let authority = &after[..end];
        if let Some((user, _)) = authority.strip_suffix('@').and_then(|info| info.split_once(':')) {
            out.push_str(user);
            out.push(':');
            out.push_str(HIDDEN);
            out.push('@');
            rest = &after[end..];
        }
    }
    out.push_str(rest);
    out
}

fn scrub_assignments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_ignoring_case(rest, "password") {
        let (before, after) = rest.split_at(at + "password".len());
        out.push_str(before);
        rest = after;
        let spaces = after.len() - after.trim_start_matches(' ').len();
        let Some(value) = after[spaces..].strip_prefix('=') else { continue };
        let leading = value.len() - value.trim_start_matches(' ').len();
        let value = &value[leading..];
        let length = value_length(value);
        if length > 0 {
            out.push_str(&after[..spaces + 1 + leading]);
            out.push_str(HIDDEN);
            rest = &value[length..];
        }
    }
    out.push_str(rest);
    out
}

/// The length of a libpq value: quoted with `'` (backslash escapes) or up to white space, `&` or a quote.
fn value_length(value: &str) -> usize {
    let Some(quoted) = value.strip_prefix('\'') else {
        let end = |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '`');
        return value.find(end).unwrap_or(value.len());
    };
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '\'' if !escaped => return at + 2,
            _ => escaped = false,
        }
    }
    value.len()
}

fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(word.len() - 1))
        .find(|at| bytes[*at..*at + word.len()].eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_passwords_and_nothing_else() {
        let cases = [
            ("postgres://u:s3cret@h:5432/db", "postgres://u:***@h:5432/db"),
            ("see postgresql+psycopg2://u:p%40ss@h/db, then", "see postgresql+psycopg2://u:***@h/db, then"),
            ("postgres://u:a/b@c@h/db", "postgres://u:***@h/db"),
            ("postgres://u@h/db?password=s3cret&x=1", "postgres://u@h/db?password=***&x=1"),
            ("host=h password='a \\' b' user=u", "host=h password=*** user=u"),
            ("host=h password = abc user=u", "host=h password = *** user=u"),
            ("PGPASSWORD=abc psql", "PGPASSWORD=*** psql"),
            (
                "password authentication failed for user \"u\"",
                "password authentication failed for user \"u\"",
            ),
            ("http://localhost:3000/health", "http://localhost:3000/health"),
        ];
        for (text, scrubbed) in cases {
            assert_eq!(scrub(text), scrubbed);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_password_never_survives(password in "[a-zA-Z0-9!$%^&*()_+/@:.-]{6,20}") {
            let url = format!("postgres://user:{password}@db.example/app");
            proptest::prop_assert_eq!(scrub(&url), "postgres://user:***@db.example/app");
        }
    }
}
