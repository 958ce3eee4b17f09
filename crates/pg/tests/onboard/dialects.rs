//! Every dialect's history table on a real server: its shape, and create, record, recorded, forget.

use crate::support::{rows, with_database};
use groundline_core::{Digest, Span};
use groundline_migrate::history::{Down, Language, Revision, Step, Transaction};
use groundline_pg::dialect::{self, Dialect};

fn revision(version: &str, name: &str, file: &str, text: &str) -> Revision {
    let up = Step {
        file: file.into(),
        text: text.into(),
        section: Span::new(0, text.len()),
        transaction: Transaction::Wrapped,
        language: Language::Sql,
        digest: Digest::of(text),
    };
    Revision { version: version.into(), name: name.into(), repeatable: false, up, down: Down::None }
}

/// Two revisions as each layout gives them.
fn revisions(layout: &str) -> [Revision; 2] {
    let files = match layout {
        "sqlx" | "golang-migrate" | "groundline" => ["1_make_it.up.sql", "2_o'clock.up.sql"],
        "diesel" => ["1_make_it/up.sql", "2_o'clock/up.sql"],
        "prisma" => ["1_make_it/migration.sql", "2_o'clock/migration.sql"],
        "flyway" | "refinery" => ["V1__make_it.sql", "V2__o'clock.sql"],
        _ => ["1_make_it.sql", "2_o'clock.sql"],
    };
    let version = |at: usize| match layout {
        "prisma" => files[at].split('/').next().expect("a folder").to_owned(),
        "sql-migrate" => files[at].to_owned(),
        _ => (at + 1).to_string(),
    };
    [
        revision(&version(0), "make_it", files[0], "create table a (id int);\r\n"),
        revision(&version(1), "o'clock", files[1], "create table b (id int);"),
    ]
}

/// The dialects whose table Groundline writes.
fn written() -> impl Iterator<Item = &'static &'static dyn Dialect> {
    dialect::all().iter().filter(|dialect| !dialect.is_written_by_tool())
}

/// Columns, constraints and indexes of a table as PostgreSQL prints them.
async fn shape(client: &tokio_postgres::Client, table: &str) -> String {
    let columns = format!(
        "SELECT attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' ELSE '' END, \
             coalesce(pg_get_expr(adbin, adrelid), '') || attidentity::text FROM pg_attribute \
             LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum \
             WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum"
    );
    let columns = rows(client, &columns).await;
    let indexes =
        rows(client, "SELECT indexdef FROM pg_indexes WHERE schemaname <> 'pg_catalog' ORDER BY indexname")
            .await;
    let lines = columns.into_iter().chain(indexes);
    lines.map(|line| line.join(" ").trim().to_owned()).collect::<Vec<_>>().join("\n")
}

/// What each tool's own DDL gives, written down from its source.
fn expected_shape(layout: &str) -> &'static str {
    match layout {
        "sqlx" => {
            "version bigint not null
description text not null
installed_on timestamp with time zone not null now()
success boolean not null
checksum bytea not null
execution_time bigint not null
CREATE UNIQUE INDEX _sqlx_migrations_pkey ON public._sqlx_migrations USING btree (version)"
        }
        "golang-migrate" => {
            "version bigint not null
dirty boolean not null
CREATE UNIQUE INDEX schema_migrations_pkey ON public.schema_migrations USING btree (version)"
        }
        "diesel" => {
            "version character varying(50) not null
run_on timestamp without time zone not null CURRENT_TIMESTAMP
CREATE UNIQUE INDEX __diesel_schema_migrations_pkey ON public.__diesel_schema_migrations USING btree (version)"
        }
        "goose" => {
            "id integer not null d
version_id bigint not null
is_applied boolean not null
tstamp timestamp without time zone not null now()
CREATE UNIQUE INDEX goose_db_version_pkey ON public.goose_db_version USING btree (id)"
        }
        "dbmate" => {
            "version character varying not null
CREATE UNIQUE INDEX schema_migrations_pkey ON public.schema_migrations USING btree (version)"
        }
        "sql-migrate" => {
            "id text not null
applied_at timestamp with time zone
CREATE UNIQUE INDEX gorp_migrations_pkey ON public.gorp_migrations USING btree (id)"
        }
        "refinery" => {
            "version integer not null
name character varying(255)
applied_on character varying(255)
checksum character varying(255)
CREATE UNIQUE INDEX refinery_schema_history_pkey ON public.refinery_schema_history USING btree (version)"
        }
        "flyway" => {
            "installed_rank integer not null
version character varying(50)
description character varying(200) not null
type character varying(20) not null
script character varying(1000) not null
checksum integer
installed_by character varying(100) not null
installed_on timestamp without time zone not null now()
execution_time integer not null
success boolean not null
CREATE UNIQUE INDEX flyway_schema_history_pk ON public.flyway_schema_history USING btree (installed_rank)
CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success)"
        }
        "prisma" => {
            "id character varying(36) not null
checksum character varying(64) not null
finished_at timestamp with time zone
migration_name character varying(255) not null
logs text
rolled_back_at timestamp with time zone
started_at timestamp with time zone not null now()
applied_steps_count integer not null 0
CREATE UNIQUE INDEX _prisma_migrations_pkey ON public._prisma_migrations USING btree (id)"
        }
        "groundline" => {
            "version text not null
name text not null
applied_at timestamp with time zone not null now()
CREATE UNIQUE INDEX revision_pkey ON groundline.revision USING btree (version)"
        }
        other => panic!("no expected shape for {other}"),
    }
}

async fn recorded(client: &tokio_postgres::Client, dialect: &dyn Dialect) -> Vec<String> {
    dialect::recorded(client, dialect).await.expect("the history is read").expect("the history table exists")
}

#[tokio::test]
async fn every_dialect_creates_records_reads_and_forgets() {
    for dialect in written() {
        with_database(async |database| {
            let client = &database.client;
            let [first, second] = revisions(dialect.layout());
            assert_eq!(dialect::recorded(client, *dialect).await.unwrap(), None, "{}", dialect.layout());

            client.batch_execute(&dialect.create()).await.unwrap();
            let (schema, name) = dialect.table();
            let shape = shape(client, &format!("{schema}.{name}")).await;
            assert_eq!(shape, expected_shape(dialect.layout()), "{}", dialect.layout());
            client.batch_execute(&dialect.create()).await.expect("creating twice changes nothing");
            assert_eq!(recorded(client, *dialect).await, [""; 0], "{}", dialect.layout());

            let both = format!(
                "BEGIN; SET LOCAL search_path = ''; {} {} COMMIT;",
                dialect.record(&first).unwrap(),
                dialect.record(&second).unwrap()
            );
            client.batch_execute(&both).await.unwrap_or_else(|error| panic!("{both}: {error:?}"));
            let versions = match dialect.keeps_newest_only() {
                true => vec![second.version.clone()],
                false => vec![first.version.clone(), second.version.clone()],
            };
            assert_eq!(recorded(client, *dialect).await, versions, "{}", dialect.layout());
            assert_eq!(dialect::failed(client, *dialect).await.unwrap(), [""; 0]);

            client.batch_execute(&dialect.forget(&second, Some(&first)).unwrap()).await.unwrap();
            assert_eq!(recorded(client, *dialect).await, [first.version.as_str()], "{}", dialect.layout());
            client.batch_execute(&dialect.record(&second).unwrap()).await.unwrap();
            assert_eq!(recorded(client, *dialect).await, versions, "{}", dialect.layout());
            client.batch_execute(&dialect.forget(&second, Some(&first)).unwrap()).await.unwrap();
            client.batch_execute(&dialect.forget(&first, None).unwrap()).await.unwrap();
            assert_eq!(recorded(client, *dialect).await, [""; 0], "{}", dialect.layout());
        })
        .await;
    }
}

#[tokio::test]
async fn stamping_adds_what_is_missing_and_nothing_twice() {
    for dialect in written() {
        with_database(async |database| {
            let client = &database.client;
            let [first, second] = revisions(dialect.layout());
            dialect::stamp(client, *dialect, &[&first]).await.unwrap();
            dialect::stamp(client, *dialect, &[&first, &second]).await.unwrap();
            dialect::stamp(client, *dialect, &[&first, &second]).await.unwrap();
            let rows_of = format!("SELECT count(*) FROM {}", dialect.qualified_table());
            let expected = match dialect.layout() {
                "golang-migrate" => "1",
                "goose" => "3",
                _ => "2",
            };
            assert_eq!(rows(client, &rows_of).await, [[expected]], "{}", dialect.layout());
            assert_eq!(recorded(client, *dialect).await.last(), Some(&second.version));
        })
        .await;
    }
}

#[tokio::test]
async fn a_stamp_that_fails_leaves_nothing_and_a_usable_session() {
    with_database(async |database| {
        let client = &database.client;
        client
            .batch_execute("CREATE TABLE public.__diesel_schema_migrations (version varchar(1))")
            .await
            .unwrap();
        let dialect = dialect::for_layout("diesel").unwrap();
        let revision = revision("xx", "x", "xx_x/up.sql", "select 1");
        let fault = dialect::stamp(client, dialect, &[&revision]).await.unwrap_err();
        assert_eq!(fault.sqlstate.as_deref(), Some("22001"), "{fault:?}");
        let left = rows(client, "SELECT count(*) FROM public.__diesel_schema_migrations").await;
        assert_eq!(left, [["0"]]);
    })
    .await;
}

#[tokio::test]
async fn failed_revisions_are_told_apart() {
    with_database(async |database| {
        let client = &database.client;
        let [first, second] = revisions("sqlx");
        let cases = [
            ("sqlx", "UPDATE public._sqlx_migrations SET success = false WHERE version = 2", vec!["1"]),
            ("golang-migrate", "UPDATE public.schema_migrations SET dirty = true", vec![]),
            (
                "flyway",
                "UPDATE public.flyway_schema_history SET success = false WHERE version = '2'",
                vec!["1"],
            ),
        ];
        for (layout, damage, applied) in cases {
            let dialect = dialect::for_layout(layout).unwrap();
            let [first, second] = match layout {
                "flyway" => revisions(layout),
                _ => [first.clone(), second.clone()],
            };
            dialect::stamp(client, dialect, &[&first, &second]).await.unwrap();
            client.batch_execute(damage).await.unwrap();
            assert_eq!(recorded(client, dialect).await, applied, "{layout}");
            assert_eq!(dialect::failed(client, dialect).await.unwrap(), ["2"], "{layout}");
        }
    })
    .await;
}

#[tokio::test]
async fn rows_hold_what_the_tools_write() {
    with_database(async |database| {
        let client = &database.client;
        for dialect in written() {
            if dialect.layout() != "dbmate" {
                let [first, second] = revisions(dialect.layout());
                dialect::stamp(client, *dialect, &[&first, &second]).await.unwrap();
            }
        }
        let row = async |query: &str| rows(client, query).await;
        // sha384sum of "create table a (id int);\r\n"
        let sqlx = "SELECT version, description, success, encode(checksum, 'hex') FROM public._sqlx_migrations \
                    WHERE version = 1";
        assert_eq!(row(sqlx).await, [["1", "make it", "t", SHA384]]);
        // zlib's crc32 of "create table a (id int);", as a signed number
        let flyway = "SELECT installed_rank, version, description, type, script, checksum, success \
                      FROM public.flyway_schema_history WHERE version = '1'";
        assert_eq!(row(flyway).await, [["1", "1", "make it", "SQL", "V1__make_it.sql", CRC32, "t"]]);
        let prisma = "SELECT length(id), checksum, migration_name, logs, rolled_back_at, applied_steps_count, \
                      finished_at >= started_at FROM public._prisma_migrations WHERE migration_name = '1_make_it'";
        assert_eq!(row(prisma).await, [["36", SHA256, "1_make_it", "null", "null", "1", "t"]]);
        let refinery = "SELECT name, checksum, applied_on ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$' \
                        FROM public.refinery_schema_history WHERE version = 1";
        assert_eq!(row(refinery).await, [["make_it", SIPHASH_INT4, "t"]]);
        let comments = "SELECT count(*) FROM pg_description WHERE objoid = 'groundline.revision'::regclass";
        assert_eq!(row(comments).await, [["4"]]);
    })
    .await;
}

#[tokio::test]
async fn refinery_follows_the_width_of_the_version_column() {
    with_database(async |database| {
        let client = &database.client;
        let dialect = dialect::for_layout("refinery").unwrap();
        let text = "create table a (id int);\r\n";
        let long = revision("20240101120000", "make_it", "V20240101120000__make_it.sql", text);
        let short = revision("1", "make_it", "V1__make_it.sql", text);
        dialect::stamp(client, dialect, &[&long]).await.unwrap();
        dialect::stamp(client, dialect, &[&short]).await.unwrap();
        let checksum = "SELECT checksum FROM public.refinery_schema_history WHERE version = 1";
        assert_eq!(rows(client, checksum).await, [[SIPHASH_INT8]]);
        assert_eq!(recorded(client, dialect).await, ["1", "20240101120000"]);
    })
    .await;
}

const SHA384: &str =
    "333f92a8b147295e02867266eff3efdec74f83a55973146d680b6c0edcb6d74500111c96663422a9c77f878ed204d818";
const SHA256: &str = "b62869884d373e065d3512d76855a5fab1b29952487e60f1e4128b1ac64f9e81";
const CRC32: &str = "-897341557";
/// Computed by refinery itself (0.9, default features) for this file.
const SIPHASH_INT4: &str = "10211725376756362159";
/// Computed by refinery itself (0.9, feature `int8-versions`) for this file.
const SIPHASH_INT8: &str = "14325434931978180816";

#[test]
fn versions_that_do_not_fit_are_refused() {
    for layout in ["sqlx", "golang-migrate", "goose", "refinery"] {
        let odd = revision("1a", "x", "V1a__x.sql", "select 1");
        let fault = dialect::for_layout(layout).unwrap().record(&odd).unwrap_err();
        assert!(fault.what.contains("\"1a\""), "{layout}: {fault:?}");
    }
}

#[test]
fn bookkeeping_is_known() {
    let tables = dialect::bookkeeping_tables();
    for table in [("public", "alembic_version"), ("groundline", "revision"), ("public", "_sqlx_migrations")] {
        assert!(tables.contains(&table), "{table:?}");
    }
}
