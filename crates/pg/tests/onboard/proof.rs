//! The proof of rows, on a database and a copy of it that something happened to.

use crate::support::{self, Database, rows};
use groundline_core::Result;
use groundline_migrate::outcome::DataVerdict::{self, RowsAdded, RowsLost, Same, ValuesChanged};
use groundline_migrate::outcome::TableProof;
use groundline_pg::proof::prove;

/// Makes a database with `setup`, does `change` to a copy, and hands both over.
async fn between<T>(setup: &str, change: &str, look: impl AsyncFnOnce(&Database, &Database) -> T) -> T {
    let run = async |database: &Database, sql: &str| {
        database.client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    };
    let before = support::create().await;
    run(&before, setup).await;
    let (before, after) = support::copy(before).await;
    run(&after, change).await;
    let seen = look(&before, &after).await;
    support::remove(before).await;
    support::remove(after).await;
    seen
}

async fn try_proven(setup: &str, change: &str) -> Result<Vec<TableProof>> {
    between(setup, change, async |before, after| prove(&before.client, &after.client, &[]).await).await
}

async fn proven(setup: &str, change: &str) -> Vec<TableProof> {
    try_proven(setup, change).await.unwrap_or_else(|fault| panic!("{change}: {fault:#?}"))
}

/// The verdict on the only table.
async fn verdict(setup: &str, change: &str) -> DataVerdict {
    match proven(setup, change).await.as_slice() {
        [one] => one.verdict,
        other => panic!("one table: {other:#?}"),
    }
}

fn verdicts(proofs: &[TableProof]) -> Vec<(&str, DataVerdict)> {
    proofs.iter().map(|proof| (proof.table.as_str(), proof.verdict)).collect()
}

const NOTES: &str = "CREATE TABLE note (id int, body text, weight float8); \
    INSERT INTO note VALUES (1, 'a', 0.1), (2, '', NULL), (3, NULL, 'NaN'), (4, 'd', '-0'), (4, 'd', '-0'), \
    (5, 'e', 1e300), (5, 'e', 1e300)";

#[tokio::test]
async fn what_happened_to_rows_is_seen() {
    let cases = [
        ("SELECT", Same),
        ("ALTER TABLE note ADD extra int DEFAULT 7", Same),
        ("ALTER TABLE note DROP body; UPDATE note SET id = id", Same),
        ("ALTER TABLE note ALTER id TYPE bigint, ALTER body TYPE varchar(9)", Same),
        ("ALTER TABLE note RENAME body TO content; UPDATE note SET content = 'x'", Same),
        ("UPDATE note SET body = 'b' WHERE id = 1", ValuesChanged),
        ("UPDATE note SET body = NULL WHERE id = 2", ValuesChanged),
        ("UPDATE note SET body = '' WHERE id = 3", ValuesChanged),
        ("UPDATE note SET weight = weight + 1e-16 WHERE id = 1", ValuesChanged),
        ("UPDATE note SET weight = 0 WHERE id = 4", ValuesChanged),
        // An exclusive or of the hashes would not see that two equal rows became two other equal rows.
        ("UPDATE note SET id = 6 WHERE id = 5", ValuesChanged),
        ("UPDATE note SET id = 5, body = 'e', weight = 1e300 WHERE id = 4", ValuesChanged),
        ("INSERT INTO note VALUES (1, 'a', 0.1)", RowsAdded),
        ("DELETE FROM note WHERE id = 1", RowsLost),
        ("DELETE FROM note WHERE ctid = (SELECT max(ctid) FROM note)", RowsLost),
        ("ALTER TABLE note RENAME TO notes", RowsLost),
        ("ALTER TABLE note SET SCHEMA information_schema", RowsLost),
        ("DROP TABLE note; CREATE VIEW note AS SELECT 1 AS id", RowsLost),
    ];
    for (change, expected) in cases {
        assert_eq!(verdict(NOTES, change).await, expected, "{change}");
    }
}

#[tokio::test]
async fn a_proof_says_what_it_compared() {
    let dropped = proven(NOTES, "ALTER TABLE note DROP body").await;
    let [proof] = dropped.as_slice() else { panic!("one table: {dropped:#?}") };
    assert_eq!((proof.table.as_str(), proof.rows_before, proof.rows_after), ("public.note", 7, Some(7)));
    assert_eq!(proof.columns, ["id", "weight"]);
    assert_eq!(Some(proof.digest_before), proof.digest_after);

    let renamed = proven(NOTES, "ALTER TABLE note RENAME TO notes").await;
    assert_eq!(verdicts(&renamed), [("public.note", RowsLost)]);
    assert_eq!((renamed[0].rows_before, renamed[0].rows_after, renamed[0].digest_after), (7, None, None));
    assert_eq!(renamed[0].columns, [""; 0]);

    let disjoint = "ALTER TABLE note RENAME id TO a; ALTER TABLE note RENAME body TO b; \
        ALTER TABLE note RENAME weight TO c; UPDATE note SET a = 0";
    let rows_only = proven(NOTES, disjoint).await;
    assert_eq!((rows_only[0].verdict, rows_only[0].columns.len()), (Same, 0));
    let fewer = format!("{disjoint}; DELETE FROM note WHERE c = 'NaN'");
    assert_eq!(verdict(NOTES, &fewer).await, RowsLost);
    assert_eq!(verdict("CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES", "SELECT").await, Same);
}

#[tokio::test]
async fn the_order_of_rows_and_columns_does_not_matter() {
    let setup = "CREATE TABLE line (id int, body text); \
        INSERT INTO line SELECT g, repeat(g::text, g % 50) FROM generate_series(1, 3000) g";
    let change = "CREATE TABLE other (body text, id int); \
        INSERT INTO other SELECT body, id FROM line ORDER BY id DESC; \
        DROP TABLE line; ALTER TABLE other RENAME TO line";
    let proofs = proven(setup, change).await;
    assert_eq!(verdicts(&proofs), [("public.line", Same)]);
    assert_eq!(proofs[0].rows_before, 3000);
    let swapped = format!(
        "{change}; UPDATE line SET body = '1' WHERE id = 2; UPDATE line SET body = '22' WHERE id = 1"
    );
    assert_eq!(verdict(setup, &swapped).await, ValuesChanged);
}

/// Types whose text depends on settings, or that have no equality.
const TYPES: &str = r#"
    CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"');
    CREATE TYPE pair AS (a int, b text);
    CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
    CREATE TABLE kinds (
        at timestamptz, day date, span interval, f4 float4, f8 float8, exact numeric, price money, raw bytea,
        plain json, binary_json jsonb, path point, shape polygon, mask bit varying, address inet, tags text[],
        feeling mood, pair pair, pairs pair[], share percent, range int4range, ranges int4multirange,
        words tsvector, name name, letter "char", id uuid, class regclass, kind regtype, snapshot pg_snapshot,
        doubled int GENERATED ALWAYS AS (share * 2) STORED
    );
    INSERT INTO kinds VALUES (
        '2024-02-29 23:59:59.123456+05:30', '0044-03-15 BC', '-1 year 2 days 03:04:05.6', 0.1, 0.1::float8 + 0.2,
        1.50, 12.34, '\x00ff5c', '{"a" : 1, "a":2}', '{"b": [1, null]}', '(1,2)', '((0,0),(1,1),(1,0))', '101',
        '10.0.0.1/8', '{a,NULL,"",NULL,"\"q\\"}', 'it''s "ok"', '(1,"")', '{"(1,)","(,x)"}', 50, '[1,5)',
        '{[1,3),[5,7)}', 'a:1 b:2', 'n', 'c', '00000000-0000-0000-0000-000000000001', 'kinds', 'mood',
        '10:20:10,14', DEFAULT
    );
    INSERT INTO kinds DEFAULT VALUES"#;

const ODD_SETTINGS: &str = "SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German'; \
    SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -3; SET bytea_output = 'escape'; \
    SET search_path = pg_temp; SET quote_all_identifiers = on; SET statement_timeout = 54321";

const SETTINGS: &str = "SELECT name, setting FROM pg_settings WHERE source = 'session' ORDER BY 1";

#[tokio::test]
async fn every_type_is_compared_in_a_known_session_that_is_given_back() {
    between(TYPES, "SELECT", async |before, after| {
        after.client.batch_execute(ODD_SETTINGS).await.unwrap();
        let settings = rows(&after.client, SETTINGS).await;
        assert_eq!(settings.len(), 8);
        let proofs = prove(&before.client, &after.client, &[]).await.unwrap();
        assert_eq!(verdicts(&proofs), [("public.kinds", Same)]);
        assert_eq!((proofs[0].rows_before, proofs[0].columns.len()), (2, 29));
        assert_eq!(rows(&after.client, SETTINGS).await, settings);
        after.client.batch_execute("CREATE TABLE public.writable ()").await.unwrap();
    })
    .await;
    let changes = [
        r#"plain = '{"a": 1, "a":2}'"#,
        "exact = 1.5",
        "f8 = 0.3",
        r"raw = '\x00ff5d'",
        r#"tags = '{a,NULL,NULL,"","\"q\\"}'"#,
        r#"tags = '{a,NULL,"","NULL","\"q\\"}'"#,
        "pair = ROW(1, NULL)::pair",
        "share = 51",
        "feeling = 'sad'",
        "price = '12.35'",
        "span = '-12 months 2 days 03:04:05.7'",
    ];
    for change in changes {
        let change = format!("UPDATE kinds SET {change} WHERE exact IS NOT NULL");
        assert_eq!(verdict(TYPES, &change).await, ValuesChanged, "{change}");
    }
}

#[tokio::test]
async fn xml_is_its_text() {
    let setup = "CREATE TABLE page (x xml); INSERT INTO page VALUES ('<a b=\"1\"/>'), (NULL), ('')";
    let probe = support::create().await;
    let has_xml = probe.client.batch_execute("SELECT '<a/>'::xml").await.is_ok();
    support::remove(probe).await;
    if !has_xml {
        eprintln!("not run: this PostgreSQL was built without XML");
        return;
    }
    assert_eq!(verdict(setup, "SELECT").await, Same);
    assert_eq!(verdict(setup, "UPDATE page SET x = '<a b=''1''/>' WHERE x::text <> ''").await, ValuesChanged);
    assert_eq!(verdict(setup, "UPDATE page SET x = NULL WHERE x::text = ''").await, ValuesChanged);
}

const PARTITIONED: &str = "CREATE TABLE sale (id int, region text) PARTITION BY LIST (region); \
    CREATE TABLE sale_eu PARTITION OF sale FOR VALUES IN ('eu') PARTITION BY RANGE (id); \
    CREATE TABLE sale_eu_low PARTITION OF sale_eu FOR VALUES FROM (0) TO (10); \
    CREATE TABLE sale_eu_high PARTITION OF sale_eu FOR VALUES FROM (10) TO (100); \
    CREATE TABLE sale_us PARTITION OF sale FOR VALUES IN ('us'); \
    INSERT INTO sale VALUES (1, 'eu'), (20, 'eu'), (3, 'us')";

#[tokio::test]
async fn a_partitioned_table_stands_for_its_partitions() {
    let cases = [
        ("SELECT", Same),
        ("ALTER TABLE sale_us RENAME TO sale_usa", Same),
        ("UPDATE sale SET id = 30 WHERE id = 1", ValuesChanged),
        ("DROP TABLE sale_us", RowsLost),
        ("ALTER TABLE sale DETACH PARTITION sale_us", RowsLost),
        (
            "CREATE TABLE flat AS SELECT region, id FROM sale; DROP TABLE sale; ALTER TABLE flat RENAME TO sale",
            Same,
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(verdicts(&proven(PARTITIONED, change).await), [("public.sale", expected)], "{change}");
    }
    let flat =
        "CREATE TABLE sale (id int, region text); INSERT INTO sale VALUES (1, 'eu'), (20, 'eu'), (3, 'us')";
    let split = format!("DROP TABLE sale; {PARTITIONED}");
    assert_eq!(verdicts(&proven(flat, &split).await), [("public.sale", Same)]);

    let inherited = "CREATE TABLE a (id int); CREATE TABLE b () INHERITS (a); INSERT INTO b VALUES (1)";
    let moved = proven(inherited, "INSERT INTO a SELECT id FROM b; DELETE FROM ONLY b").await;
    assert_eq!(verdicts(&moved), [("public.a", RowsAdded), ("public.b", RowsLost)]);
}

#[tokio::test]
async fn only_ordinary_tables_are_data() {
    let setup = r#"
        CREATE SCHEMA "Odd ""schema"""; CREATE TABLE "Odd ""schema"""."Tab.le" ("a""b" int, "é" text, "order" int);
        INSERT INTO "Odd ""schema"""."Tab.le" VALUES (1, '\', 2);
        CREATE UNLOGGED TABLE scratch (id int);
        CREATE TABLE schema_migrations (version text); CREATE SCHEMA other;
        CREATE TABLE other.schema_migrations (version text);
        CREATE TABLE member (id int); ALTER EXTENSION plpgsql ADD TABLE member;
        CREATE TEMP TABLE gone (id int);
        CREATE VIEW v AS SELECT 1 AS one; CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one; CREATE SEQUENCE s;
        CREATE FOREIGN DATA WRAPPER w; CREATE SERVER f FOREIGN DATA WRAPPER w;
        CREATE FOREIGN TABLE far (id int) SERVER f;
        CREATE TABLE here (id int) PARTITION BY LIST (id);
        CREATE FOREIGN TABLE there PARTITION OF here FOR VALUES IN (1) SERVER f;"#;
    let bookkeeping = [("public", "schema_migrations")];
    let proofs = between(setup, "CREATE TABLE newcomer (id int)", async |before, after| {
        prove(&before.client, &after.client, &bookkeeping).await.unwrap()
    })
    .await;
    let tables = ["Odd \"schema\".Tab.le", "other.schema_migrations", "public.here", "public.scratch"];
    assert_eq!(verdicts(&proofs), tables.map(|table| (table, Same)));
    assert_eq!(proofs[0].columns, ["a\"b", "é", "order"]);
}

#[tokio::test]
async fn rows_are_never_hidden_silently() {
    let setup = "CREATE TABLE secret (id int); INSERT INTO secret VALUES (1), (2); \
        ALTER TABLE secret ENABLE ROW LEVEL SECURITY; \
        CREATE POLICY first_only ON secret USING (id = 1); \
        DROP ROLE IF EXISTS gl_proof_reader; CREATE ROLE gl_proof_reader; GRANT SELECT ON secret TO gl_proof_reader";
    between(setup, "SELECT", async |before, after| {
        after.client.batch_execute("SET ROLE gl_proof_reader").await.unwrap();
        assert_eq!(rows(&after.client, "SELECT count(*) FROM secret").await, [["1"]]);
        let fault = prove(&before.client, &after.client, &[]).await.unwrap_err();
        assert_eq!(fault.what, "the rows of table public.secret could not be read");
        assert!(fault.why.unwrap().contains("row-level security"));
        assert_eq!(fault.sqlstate.as_deref(), Some("42501"));
        // Both sessions are usable and as they were.
        assert_eq!(rows(&after.client, "SELECT count(*) FROM secret").await, [["1"]]);
        assert_eq!(rows(&before.client, "SELECT count(*) FROM secret").await, [["2"]]);
        after.client.batch_execute("RESET ROLE; DROP OWNED BY gl_proof_reader").await.unwrap();
        before
            .client
            .batch_execute("DROP OWNED BY gl_proof_reader; DROP ROLE gl_proof_reader")
            .await
            .unwrap();
    })
    .await;
}
