//! Differences, numbers and durations in words, the same for every renderer.
//! Out: layout and colour.

use groundline_catalog::{Change, Difference};
use groundline_migrate::outcome::Compared;
use std::sync::Arc;

/// A number with its noun: `1 revision`, `12,480 rows`.
pub fn count(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let plural = match (number, noun) {
        (1, _) => noun.to_owned(),
        (_, noun) if noun.ends_with('s') => noun.to_owned(),
        (_, noun) if noun.ends_with("ex") => format!("{noun}es"),
        (_, noun) if noun.ends_with('y') => format!("{}ies", &noun[..noun.len() - 1]),
        (_, noun) => format!("{noun}s"),
    };
    format!("{} {plural}", grouped(number))
}

/// A number with commas: `12,480`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let head = digits.len() % 3;
    let mut groups: Vec<&str> = vec![&digits[..head]];
    groups.extend((head..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    groups.retain(|group| !group.is_empty());
    groups.join(",")
}

/// A duration of milliseconds for people: `12 ms`, `3.2 s`, `2 min 05 s`.
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{:.1} s", milliseconds as f64 / 1_000.0),
        _ => format!("{} min {:02} s", milliseconds / 60_000, milliseconds / 1_000 % 60),
    }
}

/// A difference in one line: `~ column public.orders.note: default 'x' → 'y'`. Values longer than `limit`
/// characters are cut; `unicode` allows `→` and `…`.
pub fn difference_line(difference: &Difference, limit: usize, unicode: bool) -> String {
    let arrow = if unicode { "→" } else { "->" };
    let short = |text: &str| cut_from(&one_line(text), 0, limit, unicode);
    let object = one_line(&difference.object.to_string());
    match &difference.change {
        Change::Added => format!("+ {object}"),
        Change::Removed => format!("- {object}"),
        Change::Changed { property, before, after } => {
            let (before, after) = (before.as_deref().map(one_line), after.as_deref().map(one_line));
            let skip = shared_start(before.as_deref(), after.as_deref(), limit);
            let value = |value: Option<String>| {
                value.map_or_else(|| "(none)".to_owned(), |value| cut_from(&value, skip, limit, unicode))
            };
            format!("~ {object}: {} {} {arrow} {}", one_line(property), value(before), value(after))
        }
        Change::ColumnOrder { before, after } => {
            let (before, after) = (before.join(", "), after.join(", "));
            format!("~ {object}: column order ({}) {arrow} ({})", short(&before), short(&after))
        }
    }
}

/// What a `+` and a `-` mean, where two states were compared.
pub(crate) fn comparison(compared: Option<Compared>) -> &'static str {
    match compared {
        Some(Compared::AfterDown) => "the schema before the up, against the one after the down",
        Some(Compared::AfterSecondUp) => "the schema after the first up, against the one after the second",
        None => "the schema expected, against the one found",
    }
}

/// A property and its value in words: `not null`, `default 1`; nothing for what is false.
pub(crate) fn said((property, value): (&Arc<str>, &Arc<str>)) -> Option<String> {
    match &**value {
        "false" => None,
        "true" => Some(property.to_string()),
        value => Some(format!("{property} {value}")),
    }
}

/// The name of a part within its relation: `id` for `public.orders.id`; any other name stays whole.
pub(crate) fn within<'a>(identity: &'a str, relation: &str) -> &'a str {
    let rest = identity.strip_prefix(relation).and_then(|rest| rest.strip_prefix('.'));
    rest.unwrap_or(identity)
}

/// Text on one line without control characters: what a terminal would obey becomes a space.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Text that a terminal does not obey: control characters other than line ends and tabs become blanks.
pub(crate) fn printable(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c };
    text.trim_end().chars().map(harmless).collect()
}

/// How many characters of two long values to leave out, because both start with them: what differs must be
/// among the characters that are shown.
fn shared_start(before: Option<&str>, after: Option<&str>, limit: usize) -> usize {
    let (Some(before), Some(after)) = (before, after) else { return 0 };
    let shared = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    if shared < limit { 0 } else { shared.saturating_sub(limit / 3) }
}

/// `limit` characters of a text from a place on, with signs where something is left out.
fn cut_from(text: &str, skip: usize, limit: usize, unicode: bool) -> String {
    let sign = if unicode { "…" } else { "..." };
    let before = if skip > 0 { sign } else { "" };
    let after = if text.chars().count() > skip + limit { sign } else { "" };
    let shown: String = text.chars().skip(skip).take(limit).collect();
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundline_catalog::{ObjectId, ObjectKind};

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_usize, "revision"), "1 revision");
        assert_eq!(count(12_480_u64, "row"), "12,480 rows");
        assert_eq!(count(2_usize, "index"), "2 indexes");
        assert_eq!(count(2_usize, "statistics"), "2 statistics");
        assert_eq!(count(0_usize, "policy"), "0 policies");
        assert_eq!(count(3_usize, "materialized view"), "3 materialized views");
        assert_eq!([7, 999, 1_000, 1_234_567].map(grouped), ["7", "999", "1,000", "1,234,567"]);
        assert_eq!([12, 3_240, 125_000].map(duration), ["12 ms", "3.2 s", "2 min 05 s"]);
    }

    #[test]
    fn names_lose_their_relation_only() {
        assert_eq!(within("public.orders.id", "public.orders"), "id");
        assert_eq!(within(r#"public."a.b"."c.d""#, r#"public."a.b""#), r#""c.d""#);
        assert_eq!(within("public.orders_idx", "public.orders"), "public.orders_idx");
    }

    #[test]
    fn differences_take_one_line() {
        let object = ObjectId { kind: ObjectKind::Column, identity: "public.orders.note".into() };
        let line =
            |change, limit| difference_line(&Difference { object: object.clone(), change }, limit, true);
        let changed = |before: Option<&str>, after: &str| Change::Changed {
            property: "default".into(),
            before: before.map(str::to_owned),
            after: Some(after.into()),
        };
        assert_eq!(line(changed(Some("'x'"), "'y'"), 40), "~ column public.orders.note: default 'x' → 'y'");
        assert_eq!(line(changed(None, "a\n  b"), 40), "~ column public.orders.note: default (none) → a b");
        assert_eq!(line(changed(None, "abcdef"), 3), "~ column public.orders.note: default (none) → abc…");
        let long = |end: &str| format!("{}{end}", "same ".repeat(20));
        assert_eq!(line(changed(Some(&long("old")), &long("new")), 12), {
            "~ column public.orders.note: default …ame old → …ame new"
        });
        assert_eq!(line(Change::Added, 40), "+ column public.orders.note");
        assert_eq!(line(changed(None, "a\u{1b}[31mb"), 40), {
            "~ column public.orders.note: default (none) → a [31mb"
        });
    }
}
