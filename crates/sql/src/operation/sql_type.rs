//! A type's name in one spelling: `varchar(50)` and `character varying(50)` are the same.
//! Out: what a change of type does to a table (`lint`). Called by operations, and by the lint for catalogs' types.

use std::fmt;

/// A type with its modifiers. Aliases are PostgreSQL's own names: the manual, 8 "Data Types", table 8.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlType {
    /// The name, folded, in the catalog's spelling, with its schema if it is written and not `pg_catalog`.
    pub base: String,
    /// Numbers in parentheses: length, precision, scale.
    pub modifiers: Vec<i64>,
    /// An array of it.
    pub array: bool,
}

const ALIASES: [(&str, &str); 22] = [
    ("int", "integer"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("int2", "smallint"),
    ("bool", "boolean"),
    ("varchar", "character varying"),
    ("char varying", "character varying"),
    ("nvarchar", "character varying"),
    ("national character varying", "character varying"),
    ("char", "character"),
    ("nchar", "character"),
    ("bpchar", "character"),
    ("varbit", "bit varying"),
    ("decimal", "numeric"),
    ("dec", "numeric"),
    ("float", "double precision"),
    ("float8", "double precision"),
    ("float4", "real"),
    ("timestamptz", "timestamp with time zone"),
    ("timestamp", "timestamp without time zone"),
    ("timetz", "time with time zone"),
    ("time", "time without time zone"),
];

impl SqlType {
    /// Reads a type as it is written in a statement or printed by a server.
    pub fn read(text: &str) -> SqlType {
        let mut words = String::new();
        let mut modifiers = Vec::new();
        let mut array = false;
        let mut rest = text.trim();
        while let Some(character) = rest.chars().next() {
            if character == '(' {
                let end = rest.find(')').unwrap_or(rest.len());
                modifiers = rest[1..end].split(',').filter_map(|number| number.trim().parse().ok()).collect();
                rest = rest.get(end + 1..).unwrap_or_default();
                continue;
            }
            if character == '[' {
                array = true;
                break;
            }
            words.push(character);
            rest = &rest[character.len_utf8()..];
        }
        let folded = fold(&words);
        let (folded, array) = match folded.strip_suffix(" array") {
            Some(element) => (element.to_owned(), true),
            None => (folded, array),
        };
        let folded = folded.strip_prefix("pg_catalog.").unwrap_or(&folded).to_owned();
        let alias = ALIASES.iter().find(|(alias, _)| *alias == folded);
        let base = alias.map_or(folded, |(_, name)| (*name).to_owned());
        SqlType { base, modifiers, array }
    }

    /// Whether PostgreSQL makes a sequence for such a column.
    pub fn is_serial(&self) -> bool {
        let serials = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];
        serials.contains(&self.base.as_str())
    }
}

/// Lower case outside of quotes, one space between words, none around dots.
fn fold(words: &str) -> String {
    let mut folded = String::new();
    let mut quoted = false;
    for character in words.trim().chars() {
        quoted ^= character == '"';
        match character {
            '"' => {}
            _ if quoted => folded.push(character),
            _ if character.is_whitespace() => {
                if !folded.ends_with([' ', '.']) {
                    folded.push(' ');
                }
            }
            '.' => {
                folded.truncate(folded.trim_end().len());
                folded.push('.');
            }
            _ => folded.extend(character.to_lowercase()),
        }
    }
    folded.trim().to_owned()
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        if !self.modifiers.is_empty() {
            let numbers: Vec<_> = self.modifiers.iter().map(ToString::to_string).collect();
            write!(f, "({})", numbers.join(","))?;
        }
        if self.array { f.write_str("[]") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::SqlType;

    #[test]
    fn spellings_of_a_type_are_the_same() {
        let same = [
            ("VARCHAR (50)", "character varying(50)"),
            ("int8", "bigint"),
            ("timestamp(3) with time zone", "timestamp with time zone(3)"),
            ("TIMESTAMPTZ(3)", "timestamp(3) with time zone"),
            ("decimal(10, 2)", "numeric(10,2)"),
            ("pg_catalog.text", "text"),
            ("Shop . Money_T", "shop.money_t"),
            ("int[]", "integer ARRAY"),
        ];
        for (one, other) in same {
            assert_eq!(SqlType::read(one), SqlType::read(other), "{one}");
        }
        assert_ne!(SqlType::read("varchar(5)"), SqlType::read("varchar(6)"));
    }
}
