//! `groundline revision --autogenerate`: the revisions lead a database with rows to the desired schema and back, a second
//! run finds nothing, and what loses data or does not lead there is not written.

use crate::diff::run;
use crate::support::{Databases, project};
use serde_json::Value;
use std::path::Path;

const BEFORE: &str = "
    create table customers (id int primary key, name text);
    create table orders (id int, customer int, total int not null, note varchar(20));
    create index orders_note on orders (note);
    create view totals as select customer, total from orders;";
const ROWS: &str = "insert into customers values (1, 'a'); insert into orders values (1, 1, 10, 'x');";
const WANTED: &str = "
    create table customers (id int primary key, name text not null, email text, constraint mail unique (email));
    create table orders (id int primary key, customer int references customers, total bigint not null check (total >= 0),
        note varchar(40), state text not null default 'new');
    create index orders_customer on orders (customer);
    create table items (id bigint generated always as identity primary key, order_id int not null references orders);
    create function state_of(who int) returns text language sql stable as $$ select state from orders where id = who $$;
    create view totals as select customer, total from orders;
    comment on view totals is 'Each order''s total';";

/// A project whose head is `BEFORE`, with a file of what is wanted.
fn begun(layout: &str, wanted: &str) -> tempfile::TempDir {
    let folder = project(&[("before.sql", BEFORE), ("wanted.sql", wanted)]);
    let (code, _, stderr) = run(folder.path(), &[&["baseline", "before.sql"][..], &on(layout)].concat());
    assert_eq!(code, 0, "{layout}: {stderr}");
    folder
}

fn on(layout: &str) -> [&str; 4] {
    ["--migrations", "m", "--layout", layout]
}

fn generate(folder: &Path, layout: &str, more: &[&str]) -> (i32, Value, String) {
    let args = ["revision", "-m", "grow", "--autogenerate", "wanted.sql", "--format", "json"];
    let (code, stdout, stderr) = run(folder, &[&args[..], &on(layout), more].concat());
    (code, serde_json::from_str(&stdout).unwrap_or(Value::Null), stderr)
}

fn files(made: &Value) -> Vec<String> {
    let files = made["files"].as_array().expect("files").iter();
    files.map(|file| file.as_str().expect("a path").trim_start_matches("m/").to_owned()).collect()
}

#[test]
fn in_every_layout_a_database_with_rows_gets_there_and_a_second_run_finds_nothing() {
    let databases = Databases::start();
    let wanted = databases.make("wanted", WANTED);
    for layout in [
        "groundline",
        "sqlx",
        "golang-migrate",
        "diesel",
        "goose",
        "dbmate",
        "flyway",
        "sql-migrate",
        "prisma",
        "refinery",
    ] {
        let folder = begun(layout, WANTED);
        let url = databases.make(&layout.replace('-', "_"), "");
        let upgrade = || run(folder.path(), &[&["upgrade", "--url", &url][..], &on(layout)].concat());
        assert_eq!(upgrade().0, 0, "{layout}");
        databases.run(&url, ROWS);
        // refinery runs everything in a transaction.
        let plain: &[&str] = if layout == "refinery" { &["--plain"] } else { &[] };
        let (code, made, stderr) = generate(folder.path(), layout, plain);
        assert_eq!(code, 0, "{layout}: {stderr}");
        assert_eq!(made["left_out"].as_array().map(Vec::len), Some(0), "{layout}");
        let (code, stdout, stderr) = upgrade();
        assert_eq!(code, 0, "{layout}: {stdout}{stderr}");
        let (code, stdout, _) = run(folder.path(), &["diff", &wanted, &url]);
        assert_eq!(code, 0, "{layout}: {stdout}");
        let (code, made, stderr) = generate(folder.path(), layout, plain);
        assert!(
            code == 0 && files(&made).is_empty() && stderr.contains("nothing to do"),
            "{layout}: {stderr}"
        );
        let (code, stdout, stderr) = run(folder.path(), &[&["drill"][..], &on(layout)].concat());
        assert_eq!(code, 0, "{layout}: {stdout}{stderr}");
    }
}

#[test]
fn what_blocks_a_table_is_put_so_that_it_does_not() {
    let folder = begun("groundline", WANTED);
    let (code, made, stderr) = generate(folder.path(), "groundline", &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("L105 changing total to"), "{stderr}");
    let text = |file: &String| std::fs::read_to_string(folder.path().join("m").join(file)).expect("a file");
    let all: String = files(&made).iter().filter(|file| file.contains(".up.")).map(text).collect();
    for statement in [
        "DROP INDEX CONCURRENTLY public.orders_note;",
        "CREATE INDEX CONCURRENTLY orders_customer ON public.orders",
        "CREATE UNIQUE INDEX CONCURRENTLY mail ON public.customers (email);",
        "ADD CONSTRAINT mail UNIQUE USING INDEX mail;",
        "ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey;",
        "ADD CONSTRAINT name_not_null CHECK (name IS NOT NULL) NOT VALID;",
        "VALIDATE CONSTRAINT name_not_null;\nALTER TABLE public.customers ALTER COLUMN name SET NOT NULL;",
        "ADD CONSTRAINT orders_total_check CHECK ((total >= 0)) NOT VALID;",
        "VALIDATE CONSTRAINT orders_customer_fkey;",
    ] {
        assert!(all.contains(statement), "{statement}\n{all}");
    }
    let one = begun("groundline", WANTED);
    let (code, made, stderr) = generate(one.path(), "groundline", &["--plain"]);
    assert_eq!(
        (code, files(&made)),
        (0, vec!["0002_grow.up.sql".to_owned(), "0002_grow.down.sql".to_owned()]),
        "{stderr}"
    );
}

#[test]
fn what_loses_data_is_left_out_until_somebody_says_so() {
    let wanted = "create table customers (id int primary key);";
    let folder = begun("groundline", wanted);
    let (code, made, stderr) = generate(folder.path(), "groundline", &[]);
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stderr.contains("left out: table public.orders") && stderr.contains("--allow-destructive"),
        "{stderr}"
    );
    let ups: Vec<String> = files(&made).into_iter().filter(|file| file.contains(".up.")).collect();
    let text: String = ups
        .iter()
        .map(|file| std::fs::read_to_string(folder.path().join("m").join(file)).expect("a file"))
        .collect();
    assert!(
        text.contains("DROP VIEW public.totals")
            && !text.contains("DROP TABLE")
            && !text.contains("DROP COLUMN"),
        "{text}"
    );
    let (code, made, stderr) = generate(folder.path(), "groundline", &["--allow-destructive"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("D201 the table public.orders and its rows are gone"), "{stderr}");
    assert!(!files(&made).is_empty());
}

#[test]
fn another_name_is_a_question_and_a_rename_keeps_what_is_in_it() {
    let databases = Databases::start();
    let wanted = BEFORE
        .replace("total int", "amount int")
        .replace("select customer, total", "select customer, amount")
        .replace("customers", "clients");
    let folder = begun("groundline", &wanted);
    let url = databases.make("shop", "");
    let upgrade = || run(folder.path(), &[&["upgrade", "--url", &url][..], &on("groundline")].concat());
    assert_eq!(upgrade().0, 0);
    databases.run(&url, ROWS);
    let (code, made, stderr) = generate(folder.path(), "groundline", &[]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("--rename public.orders.total=amount"), "{stderr}");
    assert!(stderr.contains("--rename public.customers=clients"), "{stderr}");
    assert!(stderr.contains("B303 adding amount fails if public.orders has a row"), "{stderr}");
    files(&made)
        .iter()
        .for_each(|file| std::fs::remove_file(folder.path().join("m").join(file)).expect("the file goes"));
    let (code, _, stderr) = generate(folder.path(), "groundline", &["--rename", "orders.price=amount"]);
    assert!(code == 2 && stderr.contains("no column orders.price at head"), "{stderr}");
    let both = ["--rename", "orders.total=amount", "--rename", "customers=clients"];
    let (code, _, stderr) = generate(folder.path(), "groundline", &both);
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = upgrade();
    assert_eq!(code, 0, "{stdout}{stderr}");
    databases.run(&url, "do $$ begin assert (select sum(amount) from orders) = 10 and (select count(*) from clients) = 1; end $$");
    let (code, stdout, _) = run(folder.path(), &["diff", "wanted.sql", &url]);
    assert_eq!(code, 0, "{stdout}");
    let (code, stdout, stderr) = run(folder.path(), &[&["drill"][..], &on("groundline")].concat());
    assert_eq!(code, 0, "{stdout}{stderr}");
}

#[test]
fn a_role_that_is_not_there_is_made_on_the_shadow_and_told() {
    let wanted = format!("{WANTED}\nalter table customers owner to no_such_role;");
    let folder = begun("groundline", &wanted);
    let (code, _, stderr) = generate(folder.path(), "groundline", &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("role \"no_such_role\" was missing"), "{stderr}");
}

#[test]
fn nothing_is_written_of_what_does_not_lead_there() {
    for (wanted, said) in [
        ("create table a (id int);\ncreate tabel b ();", "wanted.sql:2:8"),
        ("\\i other.sql\n", "wanted.sql"),
        ("create extension no_such_extension;", "no_such_extension"),
    ] {
        let folder = begun("groundline", wanted);
        let (code, _, stderr) = generate(folder.path(), "groundline", &[]);
        assert!(code == 2 && stderr.contains(said), "{code}: {stderr}");
        let written = std::fs::read_dir(folder.path().join("m")).expect("the folder").count();
        assert_eq!(written, 2, "{stderr}");
    }
    let folder = begun("groundline", WANTED);
    let nobody = "postgresql://groundline@127.0.0.1:1/nobody?connect_timeout=2";
    let unreachable = [&["revision", "-m", "grow", "--autogenerate", nobody][..], &on("groundline")].concat();
    let (code, _, stderr) = run(folder.path(), &unreachable);
    assert!(code == 2 && stderr.contains("127.0.0.1"), "{code}: {stderr}");
    assert_eq!(std::fs::read_dir(folder.path().join("m")).expect("the folder").count(), 2, "{stderr}");
    let folder = project(&[("wanted.sql", WANTED)]);
    let (code, _, stderr) = generate(folder.path(), "groundline", &[]);
    assert!(code == 2 && stderr.contains("groundline baseline SOURCE"), "{stderr}");
}
