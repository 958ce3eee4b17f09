//! Which types PostgreSQL itself casts to which, so that `USING c::t` is taken. Source: PostgreSQL manual, 53.10
//! "pg_cast"; CREATE CAST ("Notes": any type to and from strings).
//! Out: casts that a schema makes for itself. Called by `column`.

/// Types that are cast to each other.
const GROUPS: [&[&str]; 9] = [
    &["smallint", "integer", "bigint", "numeric", "real", "double precision", "oid"],
    &["integer", "boolean"],
    &["integer", "bit", "bigint"],
    &["bit", "bit varying"],
    &["date", "timestamp without time zone", "timestamp with time zone"],
    &["time without time zone", "time with time zone", "interval", "timestamp without time zone"],
    &["json", "jsonb"],
    &["inet", "cidr"],
    &["money", "numeric", "integer", "bigint"],
];

/// What any type is cast to, and from, by its text.
const STRINGS: [&str; 5] = ["text", "character varying", "character", "name", "\"char\""];

/// Whether there is such a cast.
pub fn has(from: &str, to: &str) -> bool {
    match (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        (Some(from), Some(to)) => return has(from, to),
        (None, None) => {}
        _ => return [from, to].iter().any(|name| STRINGS.contains(&base(name).as_str())),
    }
    let (from, to) = (base(from), base(to));
    let both = |group: &&[&str]| group.contains(&from.as_str()) && group.contains(&to.as_str());
    from == to || [&from, &to].iter().any(|name| STRINGS.contains(&name.as_str())) || GROUPS.iter().any(both)
}

/// A type without its modifier: `numeric(10,2)`, `timestamp(3) with time zone`.
fn base(name: &str) -> String {
    match (name.find('('), name.find(')')) {
        (Some(open), Some(close)) => format!("{}{}", &name[..open], &name[close + 1..]),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn what_postgresql_casts_and_what_it_does_not() {
        for (from, to) in [
            ("integer", "bigint"),
            ("numeric(10,2)", "integer"),
            ("text", "uuid"),
            ("uuid", "character varying(40)"),
            ("integer[]", "bigint[]"),
            ("text[]", "text"),
            ("timestamp(3) with time zone", "date"),
            ("json", "jsonb"),
        ] {
            assert!(has(from, to), "{from} to {to}");
        }
        for (from, to) in [("uuid", "bigint"), ("text[]", "jsonb"), ("integer", "uuid"), ("boolean", "date")]
        {
            assert!(!has(from, to), "{from} to {to}");
        }
    }
}
