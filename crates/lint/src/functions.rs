//! Which defaults are volatile: computed for each row.
//! Out: functions' bodies. Called by effects.

use crate::schema::Schema;
use groundline_sql::operation::Expression;

/// Volatile functions of PostgreSQL 14 to 18 that a default can call (`pg_proc.provolatile = 'v'`), and those of the
/// extensions that come with it.
const VOLATILE: [&str; 23] = [
    "array_sample",
    "array_shuffle",
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "normal_rand",
    "random",
    "random_normal",
    "set_config",
    "setseed",
    "setval",
    "timeofday",
    "txid_status",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "pg_sleep",
];

/// Functions of PostgreSQL's that defaults call and that are not volatile, for a lint that knows no schema: what is not
/// among them may be somebody's own.
const COMMON: [&str; 38] = [
    "abs",
    "array",
    "array_fill",
    "coalesce",
    "concat",
    "current_setting",
    "date_trunc",
    "decode",
    "encode",
    "format",
    "greatest",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "least",
    "left",
    "length",
    "lower",
    "make_date",
    "make_interval",
    "md5",
    "now",
    "nullif",
    "repeat",
    "replace",
    "right",
    "round",
    "row",
    "session_user",
    "statement_timestamp",
    "timezone",
    "to_char",
    "to_date",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "upper",
];

/// A function of a default of which nothing says whether it is volatile.
pub(crate) fn unknown<'d>(default: &'d Expression, schema: &Schema) -> Option<&'d str> {
    let is_unknown = |function: &&String| {
        !schema.known
            && !schema.functions.contains_key(*function)
            && !COMMON.contains(&function.as_str())
            && !VOLATILE.contains(&function.as_str())
    };
    default.calls.iter().find(is_unknown).map(String::as_str)
}

/// Whether a default must be computed for each row. A function that is neither the schema's nor known as volatile is
/// taken for one of PostgreSQL's own, most of which aren't.
pub(crate) fn is_volatile(default: &Expression, schema: &Schema) -> bool {
    default.calls.iter().any(|function| match schema.functions.get(function) {
        Some(volatile) => *volatile,
        None => VOLATILE.contains(&function.as_str()),
    })
}
