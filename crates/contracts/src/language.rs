//! Languages of a project's files, by their names; and a text whose comments are blanked.
//! Out: what is looked for in it. Called by `owners` and `environment`.

use serde::Serialize;
use std::path::Path;

/// What a file is written in, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python.
    Python,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Go.
    Go,
    /// Java, Kotlin, Scala, Groovy.
    Jvm,
    /// C#, F#.
    DotNet,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Elixir.
    Elixir,
    /// Rust.
    Rust,
    /// Settings: properties, YAML, JSON, TOML, INI, XML, Prisma's schema.
    Settings,
    /// What starts processes: shell scripts, Dockerfiles, compose files, Procfiles, package.json.
    Shell,
}

impl Language {
    /// The languages of a file, by its name: package.json is both settings and a start of processes.
    pub fn of(path: &Path) -> &'static [Language] {
        use Language::{DotNet, Elixir, Go, JavaScript, Jvm, Php, Python, Ruby, Rust, Settings, Shell};
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is = |start: &str| name == start || name.starts_with(&format!("{start}."));
        if is("Dockerfile") || is("Containerfile") || is("Procfile") || is("Makefile") || is("justfile") {
            return &[Shell];
        }
        match name.rsplit_once('.').map_or("", |(_, end)| end) {
            "py" => &[Python],
            "js" | "ts" | "mjs" | "cjs" | "mts" | "cts" | "jsx" | "tsx" => &[JavaScript],
            "go" => &[Go],
            "java" | "kt" | "kts" | "scala" | "groovy" => &[Jvm],
            "cs" | "fs" => &[DotNet],
            "rb" => &[Ruby],
            "php" => &[Php],
            "ex" | "exs" => &[Elixir],
            "rs" => &[Rust],
            "sh" | "bash" => &[Shell],
            "properties" | "toml" | "ini" | "cfg" | "conf" | "xml" | "prisma" => &[Settings],
            "yml" | "yaml" | "json" => &[Settings, Shell],
            _ => &[],
        }
    }

    /// Whether `#` begins a comment.
    fn has_hash_comments(self) -> bool {
        use Language::{Elixir, Php, Python, Ruby, Settings, Shell};
        matches!(self, Python | Ruby | Elixir | Php | Settings | Shell)
    }

    /// Whether `//` and `/* */` are comments.
    fn has_slash_comments(self) -> bool {
        use Language::{DotNet, Go, JavaScript, Jvm, Php, Rust};
        matches!(self, JavaScript | Go | Jvm | DotNet | Php | Rust)
    }

    /// The text with comments and documentation strings as blanks, so that offsets stay what they are. Strings are
    /// kept: what looks like a comment in one (`"http://x"`, `"#"`) is none.
    pub fn without_comments(self, text: &str) -> String {
        let mut out: Vec<u8> = text.as_bytes().to_vec();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let end = self.comment_end(text, at);
            if let Some(end) = end {
                out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
                at = end;
                continue;
            }
            at = match bytes[at] {
                b'"' | b'\'' | b'`' => self.string_end(text, at),
                _ => at + 1,
            };
        }
        // Only whole comments were blanked, and they begin and end at ASCII bytes or the end of a line.
        String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
    }

    /// Where the comment that begins at `at` ends, if one does.
    fn comment_end(self, text: &str, at: usize) -> Option<usize> {
        let rest = &text.as_bytes()[at..];
        let line = || text[at..].find('\n').map_or(text.len(), |end| at + end);
        if self.has_slash_comments() && rest.starts_with(b"//") {
            return Some(line());
        }
        if self.has_slash_comments() && rest.starts_with(b"/*") {
            return Some(text[at + 2..].find("*/").map_or(text.len(), |end| at + 2 + end + 2));
        }
        let is_word_before = at > 0 && !text.as_bytes()[at - 1].is_ascii_whitespace();
        if self.has_hash_comments() && rest.starts_with(b"#") && !(is_word_before && self != Language::Python)
        {
            return Some(line());
        }
        let begins_line = || text[..at].rsplit('\n').next().is_some_and(|before| before.trim().is_empty());
        for quotes in ["\"\"\"", "'''"] {
            if self == Language::Python && rest.starts_with(quotes.as_bytes()) && begins_line() {
                return Some(text[at + 3..].find(quotes).map_or(text.len(), |end| at + 3 + end + 3));
            }
        }
        None
    }

    /// One past the string that begins at `at`; a string in one line that is not closed there ends with the line.
    fn string_end(self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let quote = bytes[at];
        let triple = [quote; 3];
        if matches!(self, Language::Python | Language::Jvm | Language::Elixir)
            && bytes[at..].starts_with(&triple)
        {
            let close = if quote == b'"' { "\"\"\"" } else { "'''" };
            return text[at + 3..].find(close).map_or(text.len(), |end| at + 3 + end + 3);
        }
        // A lifetime, an apostrophe in a word: no string.
        if quote == b'\'' && (self == Language::Rust || at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
            return at + 1;
        }
        let spans_lines = quote == b'`' || matches!(self, Language::Rust | Language::Ruby | Language::Php);
        let mut next = at + 1;
        while next < bytes.len() {
            match bytes[next] {
                b'\\' => next += 1,
                b'\n' if !spans_lines => return next,
                byte if byte == quote => return next + 1,
                _ => {}
            }
            next += 1;
        }
        bytes.len()
    }
}

/// Where the unit tests of a file begin that has them below its code.
pub(crate) fn unit_tests(language: Language, code: &str) -> usize {
    match language {
        Language::Rust => code.find("#[cfg(test)]").unwrap_or(code.len()),
        _ => code.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_blank_and_strings_stay() {
        let blank = |language: Language, text: &str| language.without_comments(text);
        assert_eq!(blank(Language::Python, "a = '#b' # c\n"), "a = '#b'    \n");
        assert_eq!(blank(Language::Go, "x(\"//y\") // z\nw /* é */ v"), "x(\"//y\")     \nw          v");
        assert_eq!(
            blank(Language::Python, "\"\"\"doc\"\"\"\nx = \"\"\"sql\"\"\""),
            "         \nx = \"\"\"sql\"\"\""
        );
        assert_eq!(blank(Language::Settings, "a: b#c # d"), "a: b#c    ");
    }
}
