//! Variables that code reads, with the value that it takes without them.
//! Out: which of two sides reads them (`mod`), their values (`values`).

use super::names::{Part, part};
use crate::language::unit_tests;
use crate::{Language, SourceFile};
use groundline_core::{LineIndex, Position, scrub};
use regex::Regex;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A variable that is read somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    /// Its name.
    pub name: String,
    /// What is taken without it. It may be, or hold, a password.
    #[serde(skip)]
    pub default: Option<String>,
    /// The same for people: a password is `***`.
    #[serde(rename = "default")]
    pub shown: Option<String>,
    /// The file, below the project's folder.
    pub file: PathBuf,
    /// Where in it.
    pub position: Position,
    #[serde(skip)]
    pub(super) part: Part,
}

/// A string or a number, which is taken where a variable is not set.
const LITERAL: &str = r#"(?:["']([^"'\n]*)["']|(\d+))"#;

/// How each language reads a variable; `NAME` and `LITERAL` stand for groups.
const FORMS: &[(Language, &[&str])] = &[
    (
        Language::Python,
        &[
            r#"\benviron\s*\[\s*["']NAME["']\s*\]"#,
            r#"\b(?:environ\.get|getenv|environ\.setdefault)\s*\(\s*["']NAME["'](?:\s*,\s*LITERAL)?"#,
            r#"\b(?:config|env(?:\.\w+)?)\s*\(\s*["']NAME["'](?:\s*,\s*(?:default\s*=\s*)?(?:cast\s*=\s*\w+\s*,\s*default\s*=\s*)?LITERAL)?"#,
        ],
    ),
    (
        Language::JavaScript,
        &[
            r#"\bprocess\.env\.NAME(?:\s*(?:\?\?|\|\|)\s*LITERAL)?"#,
            r#"\bprocess\.env\[\s*["']NAME["']\s*\](?:\s*(?:\?\?|\|\|)\s*LITERAL)?"#,
            r#"\b(?:env\.get|get|getOrThrow)(?:<\w+>)?\s*\(\s*["']NAME["'](?:\s*,\s*LITERAL)?"#,
        ],
    ),
    (
        Language::Go,
        &[
            r#"\b(?:[Gg]et[Ee]nv|LookupEnv|[Gg]etEnvOrDefault|viper\.GetString|envOr|getenv)\w*\s*\(\s*"NAME"(?:\s*,\s*LITERAL)?"#,
            r#"\b(?:env|envconfig):"NAME[^"]*"(?:\s+(?:envDefault|default):"([^"]*)")?"#,
        ],
    ),
    (
        Language::Rust,
        &[
            r#"\b(?:var|var_os|env!|option_env!)\s*\(\s*"NAME"\s*\)(?:\s*\.unwrap_or(?:_else)?\s*\(\s*(?:\|_?\|)?\s*LITERAL)?"#,
            r#"\benv\s*=\s*"NAME"(?:[^)\n]*default_value\s*=\s*LITERAL)?"#,
        ],
    ),
    (Language::Jvm, &[r#"\bgetenv\s*\(\s*"NAME"\s*\)(?:\s*\?:\s*LITERAL)?"#, r"\$\{NAME(?::([^}]*))?\}"]),
    (Language::DotNet, &[r#"\bGetEnvironmentVariable\s*\(\s*"NAME"\s*\)(?:\s*\?\?\s*LITERAL)?"#]),
    (
        Language::Ruby,
        &[
            r#"\bENV\[\s*["']NAME["']\s*\](?:\s*\|\|\s*LITERAL)?"#,
            r#"\bENV\.fetch\s*\(\s*["']NAME["'](?:\s*,\s*LITERAL|\s*\)\s*\{\s*LITERAL)?"#,
        ],
    ),
    (
        Language::Php,
        &[
            r#"\b(?:env|getenv)\s*\(\s*["']NAME["'](?:\s*,\s*LITERAL)?"#,
            r#"\$_(?:ENV|SERVER)\[\s*["']NAME["']\s*\](?:\s*\?\?\s*LITERAL)?"#,
        ],
    ),
    (
        Language::Elixir,
        &[r#"\b(?:get_env|fetch_env!)\s*\(\s*"NAME"(?:\s*,\s*LITERAL|\s*\)\s*\|\|\s*LITERAL)?"#],
    ),
    (Language::Settings, &[r#"\benv\s*\(\s*"NAME"\s*\)"#, r"\$\{NAME(?::-?([^}]*))?\}", r"%\(NAME\)s"]),
    (Language::Shell, &[r"\$\{NAME(?::?-([^}]*))?(?:[:?][^}]*)?\}", r"\$NAME\b"]),
];

#[expect(clippy::unwrap_used, reason = "patterns of ours, compiled by every test")]
static COMPILED: LazyLock<Vec<(Language, Vec<Regex>)>> = LazyLock::new(|| {
    let compile = |form: &str| {
        Regex::new(&form.replace("NAME", "(?P<name>[A-Za-z_][A-Za-z0-9_]*)").replace("LITERAL", LITERAL))
            .unwrap()
    };
    FORMS
        .iter()
        .map(|(language, forms)| (*language, forms.iter().map(|form| compile(form)).collect()))
        .collect()
});

/// A name in quotes, which code hands to some function of its own.
#[expect(clippy::unwrap_used, reason = "a pattern of ours, compiled by every test")]
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"["'](?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)["']"#).unwrap());

/// A class of settings, by pydantic or by a base of the project's own.
#[expect(clippy::unwrap_used, reason = "a pattern of ours, compiled by every test")]
static SETTINGS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^class \w+\([\w., ]*Settings\)").unwrap());

/// A field of pydantic's settings, whose variable has its name in any case.
#[expect(clippy::unwrap_used, reason = "a pattern of ours, compiled by every test")]
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    let field = r#"(?m)^[ \t]+(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*:[ \t]*[\w.\[\] |]+?(?:[ \t]*=[ \t]*(?:Field\(\s*(?:default\s*=\s*)?)?LITERAL)?[ \t)]*(?:,.*)?$"#;
    Regex::new(&field.replace("LITERAL", LITERAL)).unwrap()
});

/// A name that says where a database is has one of these in it.
const NEEDLES: &[&str] = &[
    "DATABASE",
    "DB",
    "POSTGRES",
    "PG",
    "PSQL",
    "SQLALCHEMY",
    "DATASOURCE",
    "JDBC",
    "FLYWAY",
    "GOOSE",
    "ConnectionStrings",
    "database_",
    "db_",
    "postgres_",
    "pg_",
    "sqlalchemy_",
];

/// The variables that a file reads and that say where a database is.
pub(super) fn in_file(file: &SourceFile) -> Vec<Read> {
    let mut found = Vec::new();
    // Looked for first, as most texts name no such variable.
    if !NEEDLES.iter().any(|needle| file.text.contains(needle)) {
        return found;
    }
    let lines = LineIndex::new(&file.text);
    for language in file.languages() {
        let code = language.without_comments(&file.text);
        let code = &code[..unit_tests(*language, &code)];
        let forms = COMPILED.iter().filter(|(of, _)| of == language).flat_map(|(_, forms)| forms);
        let settings = (*language == Language::Python && SETTINGS.is_match(code)).then_some(&*FIELD);
        let is_code = !matches!(language, Language::Settings | Language::Shell);
        for form in forms.chain(settings).chain(is_code.then_some(&*QUOTED)) {
            for hit in form.captures_iter(code) {
                let Some(name) = hit.name("name") else { continue };
                let is_field = settings.is_some_and(|field| std::ptr::eq(field, form));
                let text =
                    if is_field { name.as_str().to_ascii_uppercase() } else { name.as_str().to_owned() };
                let Some(part) = part(&text) else { continue };
                let default = hit.iter().skip(1).flatten().find(|group| group.range() != name.range());
                let default = default.map(|group| group.as_str().to_owned());
                let position = lines.position(name.start());
                let is_known = |read: &Read| read.position == position && read.name == text;
                if !found.iter().any(is_known) {
                    let shown = default.as_deref().map(|default| match part {
                        Part::Password => "***".to_owned(),
                        _ => scrub(default),
                    });
                    found.push(Read { name: text, default, shown, file: file.path.clone(), position, part });
                }
            }
        }
    }
    found.sort_by_key(|read| read.position);
    found
}
