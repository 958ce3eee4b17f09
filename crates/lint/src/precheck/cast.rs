//! Values that a column's new type does not take: `SET TYPE t`, alone or `USING c::t` or `USING c::text::t`.
//! Out: what another expression gives; nobody asks that. Called by `precheck`.
//! Source: PostgreSQL manual, 8 "Data Types": an explicit cast to `varchar(n)` or `bit(n)` cuts, an assignment fails unless
//! only spaces are cut; a number is rounded to the places of its new type, a text has to be one of its values.

use super::{On, Precheck};
use groundline_core::{quote_ident, quote_literal, quote_qualified};
use groundline_sql::operation::{Name, SqlType};

/// Whole numbers with their bounds.
const WHOLE: [(&str, &str, &str); 3] = [
    ("smallint", "-32768", "32767"),
    ("integer", "-2147483648", "2147483647"),
    ("bigint", "-9223372036854775808", "9223372036854775807"),
];

const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

const STRINGS: [&str; 3] = ["text", "character varying", "character"];

const BITS: [&str; 2] = ["bit", "bit varying"];

/// Texts of types, for majors that can't be asked what is one.
const PATTERNS: [(&str, &str); 4] = [
    ("uuid", r"^\{?([0-9a-f]{4}-?){8}\}?$"),
    ("numeric", r"^\s*([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf(inity)?)\s*$"),
    ("double precision", r"^\s*([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf(inity)?)\s*$"),
    ("boolean", r"^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|0|1)\s*$"),
];

/// How a value becomes one of the new type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As it is assigned.
    Assigned,
    /// By an explicit cast.
    Cast,
    /// By its text.
    Text,
}

impl Way {
    /// The way that USING says; nothing where a person computes something else.
    fn of(column: &str, kind: &SqlType, using: Option<&str>) -> Option<Way> {
        let Some(using) = using else { return Some(Way::Assigned) };
        let mut parts = using.split("::");
        let name = Name::read(parts.next()?.trim());
        let casts: Vec<SqlType> = parts.map(SqlType::read).collect();
        if name.schema.is_some() || name.name != column {
            return None;
        }
        match &casts[..] {
            [to] if to == kind => Some(Way::Cast),
            [text, to] if text.base == "text" && text.modifiers.is_empty() && to == kind => Some(Way::Text),
            _ => None,
        }
    }
}

impl On<'_> {
    pub(super) fn cast(&self, column: &str, kind: &SqlType, using: Option<&str>) -> Vec<Precheck> {
        let before = self.schema.column(&self.table, column).map(|column| &column.kind);
        let (Some(before), Some(way)) = (before, Way::of(column, kind, using)) else { return Vec::new() };
        let name = quote_ident(column);
        let condition = self.no_label(&name, kind).or_else(|| self.unfit(&name, before, kind, way));
        let ask = |condition: String| {
            self.ask(format!("what is no {kind} in {column}"), &condition, "the change of type")
        };
        condition.map(ask).into_iter().collect()
    }

    /// A text that is no label of the enum that the script makes: a type of this name that is there is another one.
    fn no_label(&self, name: &str, kind: &SqlType) -> Option<String> {
        let full = self.schema.type_of(kind)?;
        let added = self.schema.enums.get(&full).into_iter().flatten();
        let labels = self.schema.created_enums.get(&full)?.iter().chain(added);
        let labels: Vec<String> = labels.map(|label| quote_literal(label)).collect();
        let is_none = |value: &str| match labels.is_empty() {
            true => format!("{value} IS NOT NULL"),
            false => format!("{value} NOT IN ({})", labels.join(", ")),
        };
        Some(match kind.array {
            true => format!(
                "EXISTS (SELECT FROM pg_catalog.unnest({name}::text[]) AS of (value) WHERE {})",
                is_none("of.value")
            ),
            false => is_none(&format!("{name}::text")),
        })
    }

    /// What says that a value does not fit; nothing where all do, or no question tells.
    fn unfit(&self, name: &str, before: &SqlType, kind: &SqlType, way: Way) -> Option<String> {
        let is = |kind: &SqlType, all: &[&str]| !kind.array && all.contains(&kind.base.as_str());
        let is_cut = |all: &[&str]| all.contains(&kind.base.as_str()) && way != Way::Assigned;
        match kind.modifiers[..] {
            _ if before == kind || is_cut(&STRINGS) || is_cut(&BITS) => None,
            [length] if is(kind, &STRINGS) => {
                Some(format!("char_length(pg_catalog.rtrim({name}::text, ' ')) > {length}"))
            }
            _ if is(kind, &STRINGS) => None,
            _ if way == Way::Text || is(before, &STRINGS) || self.is_known_by_text(before, kind) => {
                self.no_input(name, kind)
            }
            _ if !is(before, &NUMBERS) || kind.array => None,
            [precision, ref scale @ ..] if kind.base == "numeric" => {
                let scale = scale.first().copied().unwrap_or(0);
                let power = precision - scale;
                let number = format!("{name}::numeric");
                Some(format!(
                    "{number} <> 'NaN' AND abs(round({number}, {scale})) >= 10::numeric ^ ({power})"
                ))
            }
            _ => out_of_bounds(name, before, kind),
        }
    }

    /// Whether an assignment takes those values whose text it would take, too.
    fn is_known_by_text(&self, before: &SqlType, kind: &SqlType) -> bool {
        let are = |all: &[&str]| [before, kind].iter().all(|of| all.contains(&of.base.as_str()));
        let whole = WHOLE.map(|(base, ..)| base);
        match (before.array, kind.array) {
            (false, false) => {
                self.schema.domain(kind).is_some()
                    || are(&BITS)
                    || (before.base.as_str(), kind.base.as_str()) == ("json", "jsonb")
                    || (are(&NUMBERS) && ["real", "double precision"].contains(&kind.base.as_str()))
            }
            (true, true) => are(&STRINGS) || are(&BITS) || are(&whole),
            _ => false,
        }
    }

    /// A text that is no value of a type: any major can tell a label; the rest one tells itself from 16 on.
    fn no_input(&self, name: &str, kind: &SqlType) -> Option<String> {
        let text = format!("{name}::text");
        let full = self.schema.type_of(kind).filter(|full| self.schema.enums.contains_key(full));
        if let Some(full) = full.filter(|_| !kind.array) {
            let quoted = quote_qualified(full.schema.as_deref().unwrap_or("public"), &full.name);
            let added = self.schema.enums[&full].iter();
            let new: String = added.map(|label| format!(" AND {text} <> {}", quote_literal(label))).collect();
            return Some(format!(
                "{name} IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumlabel = {text} \
                 AND enumtypid = {}::pg_catalog.regtype){new}",
                quote_literal(&quoted)
            ));
        }
        if self.major.number() >= 16 {
            let kind = quote_literal(&written(kind));
            return Some(format!("{name} IS NOT NULL AND NOT pg_catalog.pg_input_is_valid({text}, {kind})"));
        }
        if kind.array {
            return None;
        }
        if let Some((_, least, most)) = WHOLE.iter().find(|(base, ..)| *base == kind.base) {
            return Some(format!(
                r"CASE WHEN {text} ~ '^\s*[-+]?\d+\s*$' THEN {text}::numeric NOT BETWEEN {least} AND {most} ELSE {name} IS NOT NULL END"
            ));
        }
        let (_, pattern) = PATTERNS.iter().find(|(base, _)| *base == kind.base)?;
        Some(format!("{text} !~* {}", quote_literal(pattern)))
    }
}

/// Numbers that round to none of the type.
fn out_of_bounds(name: &str, before: &SqlType, kind: &SqlType) -> Option<String> {
    let place = |kind: &SqlType| WHOLE.iter().position(|(base, ..)| *base == kind.base);
    let to = place(kind)?;
    if place(before).is_some_and(|from| from <= to) {
        return None;
    }
    let (_, least, most) = WHOLE[to];
    Some(format!("round({name}::numeric) NOT BETWEEN {least} AND {most}"))
}

/// A type as a server reads it: the precision of a time stands in its midst.
pub(super) fn written(kind: &SqlType) -> String {
    let whole = kind.to_string();
    let zone = [" without time zone", " with time zone"].into_iter().find(|zone| kind.base.ends_with(zone));
    match (zone, &kind.modifiers[..]) {
        (Some(zone), [precision]) => {
            let base = kind.base.trim_end_matches(zone);
            format!("{base}({precision}){zone}{}", if kind.array { "[]" } else { "" })
        }
        _ => whole,
    }
}
