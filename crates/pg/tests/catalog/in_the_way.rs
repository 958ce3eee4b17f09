//! What the lint's questions say of a row is what a server does with it: each statement meets a row that it takes and one
//! that it doesn't, is asked about them, and runs.
//! Out: statements that were made from catalogs (`pairs`).

use crate::support::{Database, server, with_database};
use groundline_lint::{Policies, Schema, Settings, judge};
use groundline_pg::introspect;

/// A column's type, statements, values that they take, values that they don't, and the first major that can be asked.
type Change = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], u16);

/// Types that a case may name. Source of what an assignment and a cast do: PostgreSQL manual, 8 "Data Types".
const TYPES: &str =
    "CREATE TYPE grade AS ENUM ('low', 'high'); CREATE DOMAIN amount AS int; CREATE DOMAIN cents AS amount;
    CREATE DOMAIN plus AS int CHECK (VALUE > 0); CREATE DOMAIN late AS int;
    ALTER DOMAIN late ADD CONSTRAINT is_late CHECK (VALUE > 0) NOT VALID;";

const CHANGES: [Change; 38] = [
    ("text", "ALTER TABLE t ALTER c TYPE varchar(3)", &["'abc  '"], &["'abcd'", "'a b c'"], 14),
    ("varchar(9)", "ALTER TABLE t ALTER c TYPE varchar(3)", &["'abc'"], &["'abcd'"], 14),
    ("varchar(9)", "ALTER TABLE t ALTER c TYPE varchar(3) USING c", &["'abc'"], &["'abcd'"], 14),
    ("varchar(9)", "ALTER TABLE t ALTER c TYPE varchar(3) USING c::varchar(3)", &["'abcd'"], &[], 14),
    ("varchar(9)[]", "ALTER TABLE t ALTER c TYPE varchar(3)[]", &["'{abc,a}'"], &["'{a,abcd}'"], 16),
    ("int", "ALTER TABLE t ALTER c TYPE varchar(2)", &["12"], &["123"], 14),
    ("bigint", "ALTER TABLE t ALTER c TYPE int", &["5"], &["3000000000"], 14),
    ("bigint[]", "ALTER TABLE t ALTER c TYPE int[]", &["'{5}'"], &["'{3000000000}'"], 16),
    ("numeric[]", "ALTER TABLE t ALTER c TYPE int[]", &["'{1.5}'"], &[], 14),
    ("numeric", "ALTER TABLE t ALTER c TYPE int", &["1.5"], &["3e9", "2147483647.5", "'NaN'"], 14),
    ("numeric", "ALTER TABLE t ALTER c TYPE numeric(3,1)", &["99.94", "'NaN'"], &["99.96", "-100"], 14),
    ("bigint", "ALTER TABLE t ALTER c TYPE numeric(3,0) USING c::numeric(3,0)", &["999"], &["1000"], 14),
    ("float8", "ALTER TABLE t ALTER c TYPE int", &["1.5", "2147483647.4"], &["2147483648", "'NaN'"], 14),
    ("float8", "ALTER TABLE t ALTER c TYPE real", &["1.5"], &["1e300"], 16),
    ("numeric", "ALTER TABLE t ALTER c TYPE float8", &["1.5"], &["1e400"], 16),
    ("text", "ALTER TABLE t ALTER c TYPE int USING c::int", &["' 7 '"], &["'x'", "'1.5'", "'99999999999'"], 14),
    ("text", "ALTER TABLE t ALTER c TYPE numeric USING c::numeric", &["'1e5'", "'nan'"], &["'1,5'", "''"], 14),
    ("text", "ALTER TABLE t ALTER c TYPE bool USING c::bool", &["'yes'", "' OFF'"], &["'maybe'", "'o'"], 14),
    (
        "text",
        "ALTER TABLE t ALTER c TYPE uuid USING c::uuid",
        &["'A0EEBC999C0B4EF8BB6D6BB9BD380A11'", "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'"],
        &["'a0eebc99'", "''"],
        14,
    ),
    ("text", "ALTER TABLE t ALTER c TYPE date USING c::date", &["'2025-01-01'"], &["'2025-02-30'"], 16),
    (
        "text",
        "ALTER TABLE t ALTER c TYPE timestamptz(0) USING c::timestamptz(0)",
        &["'2025-01-01 10:00:00.5'"],
        &["'noon'"],
        16,
    ),
    ("text", "ALTER TABLE t ALTER c TYPE bit(2) USING c::bit(2)", &["'101'"], &[], 14),
    ("text", "ALTER TABLE t ALTER c TYPE grade USING c::grade", &["'low'", "NULL"], &["'Low'"], 14),
    ("bit(3)", "ALTER TABLE t ALTER c TYPE bit(2)", &["NULL"], &["B'101'"], 16),
    ("bit(3)", "ALTER TABLE t ALTER c TYPE bit(2) USING c::bit(2)", &["B'101'"], &[], 14),
    ("json", "ALTER TABLE t ALTER c TYPE jsonb", &["'{}'"], &[r#"'{"a": "\u0000"}'"#], 16),
    ("inet", "ALTER TABLE t ALTER c TYPE cidr", &["'10.0.0.1/8'"], &[], 14),
    ("timestamptz", "ALTER TABLE t ALTER c TYPE date", &["now()", "'infinity'"], &[], 14),
    ("int", "ALTER TABLE t ALTER c TYPE plus", &["1"], &["-1"], 16),
    (
        "grade",
        "ALTER TYPE grade RENAME TO old; CREATE TYPE grade AS ENUM ('low');
        ALTER TABLE t ALTER c TYPE grade USING c::text::grade",
        &["'low'", "NULL"],
        &["'high'"],
        14,
    ),
    (
        "grade[]",
        "ALTER TYPE grade RENAME TO old; CREATE TYPE grade AS ENUM ('low');
        ALTER TABLE t ALTER c TYPE grade[] USING c::text[]::grade[]",
        &["'{low}'", "'{}'"],
        &["'{low,high}'"],
        14,
    ),
    (
        "grade",
        "CREATE TYPE other AS ENUM ('low'); ALTER TYPE other ADD VALUE 'high'; COMMIT; ALTER TYPE other RENAME TO another;
        ALTER TABLE t ALTER c TYPE another USING c::text::another",
        &["'high'"],
        &[],
        14,
    ),
    (
        "grade",
        "CREATE TYPE other AS ENUM ('low', 'top'); ALTER TYPE other RENAME VALUE 'top' TO 'high';
        ALTER TABLE t ALTER c TYPE other USING c::text::other",
        &["'high'"],
        &[],
        14,
    ),
    ("amount", "ALTER DOMAIN amount ADD CONSTRAINT plus CHECK (VALUE > 0)", &["1", "NULL"], &["-1"], 14),
    ("cents", "ALTER DOMAIN amount ADD CONSTRAINT plus CHECK (VALUE > 0)", &["1"], &["-1"], 14),
    ("amount", "ALTER DOMAIN amount ADD CONSTRAINT plus CHECK (VALUE > 0) NOT VALID", &["-1"], &[], 14),
    ("late", "ALTER DOMAIN late VALIDATE CONSTRAINT is_late", &["NULL"], &[], 14),
    ("amount", "ALTER DOMAIN amount SET NOT NULL", &["1"], &["NULL"], 14),
];

#[tokio::test]
async fn what_is_said_of_a_row_is_what_happens() {
    with_database(async |database| {
        for (column, script, fit, unfit, since) in CHANGES {
            let table = format!("CREATE TABLE t (id int PRIMARY KEY, c {column})");
            for value in fit {
                let row = format!("{table}; INSERT INTO t VALUES (1, {value})");
                meets(database, &row, script, false).await;
            }
            let can_be_asked = server().version().major().number() >= since;
            for value in unfit.iter().filter(|_| can_be_asked) {
                let row = format!("{table}; INSERT INTO t VALUES (1, {value})");
                meets(database, &row, script, true).await;
            }
        }
    })
    .await;
}

/// Rows that a constraint was not asked about when they came, and those of a child, a partition and another table.
#[tokio::test]
async fn rows_are_found_wherever_a_domain_is() {
    with_database(async |database| {
        let check = "ALTER DOMAIN amount ADD CONSTRAINT plus CHECK (VALUE > 0)";
        let late = "CREATE DOMAIN old AS int; CREATE TABLE t (c old); INSERT INTO t VALUES (-1);
            ALTER DOMAIN old ADD CONSTRAINT plus CHECK (VALUE > 0) NOT VALID";
        meets(database, late, "ALTER DOMAIN old VALIDATE CONSTRAINT plus", true).await;
        for rows in [
            "CREATE TABLE t (c amount); CREATE TABLE other (c amount); INSERT INTO other VALUES (-1)",
            "CREATE TABLE t (id int); CREATE TABLE child (c amount) INHERITS (t); INSERT INTO child VALUES (1, -1)",
            "CREATE TABLE t (c amount); CREATE TABLE child () INHERITS (t); INSERT INTO child VALUES (-1)",
            "CREATE TABLE t (id int, c amount) PARTITION BY LIST (id);
            CREATE TABLE part PARTITION OF t FOR VALUES IN (1); INSERT INTO t VALUES (1, -1)",
        ] {
            meets(database, rows, check, true).await;
        }
        let queried = "CREATE TABLE t (c amount); CREATE VIEW v AS SELECT c FROM t";
        meets(database, queried, check, false).await;
        let here = format!("CREATE TABLE made (c amount); {check}");
        meets(database, "", &here, false).await;
    })
    .await;
}

/// A parent that the script makes has the rows that the script gives it.
#[tokio::test]
async fn a_new_table_has_no_parent_for_any_row() {
    with_database(async |database| {
        let rows = "CREATE TABLE t (p int); INSERT INTO t VALUES (1)";
        let (new, key) =
            ("CREATE TABLE p (id int PRIMARY KEY);", "ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p");
        meets(database, rows, &format!("{new} {key}"), true).await;
        meets(database, rows, &format!("{new} REVOKE ALL ON p FROM PUBLIC; {key}"), true).await;
        meets(
            database,
            "CREATE TABLE t (p int); INSERT INTO t VALUES (NULL)",
            &format!("{new} {key}"),
            false,
        )
        .await;
        let given = [
            "INSERT INTO p VALUES (1);",
            "INSERT INTO p SELECT p FROM t;",
            "PREPARE filling AS INSERT INTO p VALUES (1); EXECUTE filling; DEALLOCATE filling;",
            "DO $$ BEGIN INSERT INTO p VALUES (1); END $$;",
            "WITH here AS (INSERT INTO p VALUES (1) RETURNING id) SELECT FROM here;",
        ];
        for given in given {
            meets(database, rows, &format!("{new} {given} {key}"), false).await;
        }
        let copied = "CREATE TABLE p AS SELECT p AS id FROM t; ALTER TABLE p ADD PRIMARY KEY (id);";
        meets(database, rows, &format!("{copied} {key}"), false).await;
        let attached = "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id);
            ALTER TABLE p ATTACH PARTITION old FOR VALUES IN (1);";
        let old = format!("{rows}; CREATE TABLE old (id int PRIMARY KEY); INSERT INTO old VALUES (1)");
        meets(database, &old, &format!("{attached} {key}"), false).await;
    })
    .await;
}

/// Columns that the script adds have what they were added with, until something writes rows.
#[tokio::test]
async fn an_added_column_has_what_it_was_added_with() {
    with_database(async |database| {
        let rows = "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2)";
        for (added, then, fails) in [
            ("z int", "ADD CHECK (z > 0)", false),
            ("z int", "ADD CHECK (z IS NOT NULL OR a = 2)", true),
            ("z int DEFAULT 1", "ADD CHECK (z >= a)", true),
            ("z int DEFAULT 2", "ADD CHECK (z >= a)", false),
            ("z varchar(3) DEFAULT 'x'", "ADD UNIQUE (z)", true),
            ("z int", "ADD UNIQUE (z)", false),
            ("z int", "ALTER z SET NOT NULL", true),
            ("z timestamptz(0) DEFAULT '2025-01-01'", "ALTER z SET NOT NULL", false),
            ("z int DEFAULT 1", "ADD FOREIGN KEY (z) REFERENCES t (id)", false),
            ("z int DEFAULT 3", "ADD FOREIGN KEY (z) REFERENCES t (id)", true),
            ("z int", "ADD FOREIGN KEY (z) REFERENCES t (id)", false),
            ("z serial", "ADD CHECK (z > 0)", false),
        ] {
            let script = format!("ALTER TABLE t ADD COLUMN {added}; ALTER TABLE t {then}");
            meets(database, rows, &script, fails).await;
        }
        let filled =
            "ALTER TABLE t ADD COLUMN z int; UPDATE t SET z = id; ALTER TABLE t ALTER z SET NOT NULL";
        meets(database, rows, filled, false).await;
        let anew =
            "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t ADD CHECK (a > 1)";
        meets(database, rows, anew, false).await;
    })
    .await;
}

/// Partitions of each strategy, with rows that belong there and rows that don't.
#[tokio::test]
async fn a_partition_is_asked_for_rows_of_other_ones() {
    with_database(async |database| {
        let tables = |key: &str, row: &str| {
            format!(
                "CREATE TABLE t (a int, b text) PARTITION BY {key}; CREATE TABLE part (a int, b text);
                INSERT INTO part VALUES ({row})"
            )
        };
        for (key, bound, within, outside) in [
            ("LIST (b)", "IN ('x', 'it''s, (so)')", "1, 'it''s, (so)'", "1, 'z'"),
            ("LIST (a)", "IN (1, NULL)", "NULL, 'x'", "2, 'x'"),
            ("LIST (a)", "IN (NULL)", "NULL, 'x'", "2, 'x'"),
            ("LIST (a)", "IN (1)", "1, 'x'", "NULL, 'x'"),
            ("RANGE (a)", "FROM (1) TO (5)", "1, 'x'", "5, 'x'"),
            ("RANGE (a)", "FROM (MINVALUE) TO (5)", "-9, 'x'", "NULL, 'x'"),
            ("RANGE (a, b)", "FROM (1, 'b') TO (2, 'b')", "2, 'a'", "1, 'a'"),
            ("RANGE (a, b)", "FROM (1, MAXVALUE) TO (2, MAXVALUE)", "2, 'z'", "1, 'z'"),
            ("RANGE (a, b)", "FROM (1, MINVALUE) TO (2, MINVALUE)", "1, ''", "2, ''"),
            ("range ( \"a\" )", "from (1) to (maxvalue)", "9, 'x'", "0, 'x'"),
            ("HASH (a)", "WITH (MODULUS 1, REMAINDER 0)", "1, 'x'", ""),
        ] {
            let attach = format!("ALTER TABLE t ATTACH PARTITION part FOR VALUES {bound}");
            meets(database, &tables(key, within), &attach, false).await;
            if !outside.is_empty() {
                meets(database, &tables(key, outside), &attach, true).await;
            }
        }
        let half = |of: u8| {
            format!("ALTER TABLE t ATTACH PARTITION part FOR VALUES WITH (MODULUS 2, REMAINDER {of})")
        };
        let all = tables("HASH (a)", "1, 'x'), (2, 'x'), (3, 'x'), (4, 'x'), (5, 'x'");
        meets(database, &all, &half(0), true).await;
        meets(database, &all, &half(1), true).await;
    })
    .await;
}

/// What stands above a partition says where its rows belong, too, and so does what it takes from the DEFAULT one.
#[tokio::test]
async fn a_partition_is_asked_for_what_stands_around_it() {
    with_database(async |database| {
        let nested = |row: &str| {
            format!(
                "CREATE TABLE t (a int, b text) PARTITION BY LIST (b);
                CREATE TABLE sub PARTITION OF t FOR VALUES IN ('x') PARTITION BY RANGE (a);
                CREATE TABLE part (a int, b text); INSERT INTO part VALUES ({row})"
            )
        };
        let attach = "ALTER TABLE sub ATTACH PARTITION part FOR VALUES FROM (0) TO (9)";
        meets(database, &nested("1, 'x'"), attach, false).await;
        meets(database, &nested("1, 'y'"), attach, true).await;
        let default =
            "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE rest PARTITION OF t DEFAULT;
            CREATE TABLE part (a int); INSERT INTO t VALUES (2)";
        for (value, fails) in [(1, false), (2, true)] {
            let attach = format!("ALTER TABLE t ATTACH PARTITION part FOR VALUES IN ({value})");
            meets(database, default, &attach, fails).await;
            let new = format!("CREATE TABLE fresh PARTITION OF t FOR VALUES IN ({value})");
            meets(database, default, &new, fails).await;
        }
        let by = "CREATE TABLE t (a int) PARTITION BY RANGE (a);";
        let here = format!("{by} ALTER TABLE t ATTACH PARTITION part FOR VALUES FROM (0) TO (9)");
        meets(database, "CREATE TABLE part (a int); INSERT INTO part VALUES (1)", &here, false).await;
        meets(database, "CREATE TABLE part (a int); INSERT INTO part VALUES (-1)", &here, true).await;
    })
    .await;
}

/// Asks about rows, runs the script, and compares both with what is expected.
async fn meets(database: &Database, rows: &str, script: &str, fails: bool) {
    let execute = async |sql: &str| database.client.batch_execute(sql).await;
    execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public").await.expect("an empty schema");
    execute(&format!("{TYPES}{rows}")).await.unwrap_or_else(|error| panic!("{rows}: {error:?}"));
    let schema =
        introspect::read(&database.client, &crate::world::full().with_needs()).await.expect("a schema");
    let policies = Policies::default();
    let major = server().version().major();
    let today = jiff::civil::date(2026, 1, 1);
    let settings = Settings { major, wrapped: false, today, policies: &policies, has_down: None };
    let verdict = judge(script, &mut Schema::of(&schema), settings);
    let asked = groundline_pg::rows::in_the_way(&database.client, &verdict.prechecks).await;
    let (found, unasked) = asked.expect("the session lives");
    assert!(unasked.is_empty(), "{script} on {rows}: {unasked:?}");
    let done = execute(script).await;
    assert_eq!(done.is_err(), fails, "{script} on {rows}: {done:?}");
    assert_eq!(!found.is_empty(), fails, "{script} on {rows}: {:?}", verdict.prechecks);
}
