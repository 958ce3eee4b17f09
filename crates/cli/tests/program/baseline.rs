//! `groundline baseline`: in every layout it makes the schema of what was there, and nothing is written that does not.

use crate::diff::run;
use crate::support::{Databases, LAYOUTS, entries, project};
use serde_json::Value;
use std::path::PathBuf;

/// A schema with what a script has to put in order: a function that names a later table, sequences of columns, keys
/// in a circle, views on views, a materialized view with its index, partitions, policies, grants, comments.
const SHOP: &str = "
    create type state as enum ('new', 'paid');
    create domain cents as bigint check (value >= 0);
    create table customers (id serial primary key, name text not null, boss int references customers);
    create table orders (id bigint generated always as identity primary key, customer int not null references customers,
        state state not null default 'new', total cents not null default 0, doubled bigint generated always as (total * 2) stored);
    alter table customers add column newest bigint references orders;
    create function total_of(who int) returns numeric language sql stable as $$ select sum(total) from orders where customer = who $$;
    alter table customers add constraint customers_total check (total_of(id) is null or total_of(id) >= 0);
    create view paid as select * from orders where state = 'paid';
    create view paid_by_customer as select customer, sum(total) as total from paid group by customer;
    create materialized view months as select 1 as month;
    create unique index months_once on months (month);
    create table events (at timestamptz not null, what text) partition by range (at);
    create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
    create index events_what on events (what);
    create index orders_open on orders (customer) include (total) where state = 'new';
    alter table orders enable row level security;
    create policy own on orders using (customer = 1);
    create function touch() returns trigger language plpgsql as $$ begin new.total := new.total; return new; end $$;
    create trigger touch before update on orders for each row execute function touch();
    comment on table orders is 'What was ordered; one row an order';
    comment on column orders.total is 'In cents';
    grant select on orders to pg_monitor;
    alter sequence customers_id_seq increment 10;";

#[test]
fn every_layout_has_a_baseline_that_runs_and_that_the_database_itself_is_at() {
    let databases = Databases::start();
    let source = databases.make("source", SHOP);
    for (at, (layout, _)) in LAYOUTS.into_iter().enumerate() {
        let folder = project(&[]);
        let on = ["--migrations", "m", "--layout", layout];
        let (code, stdout, stderr) =
            run(folder.path(), &[&["baseline", &source, "--format", "json"][..], &on].concat());
        assert_eq!(code, 0, "{layout}: {stderr}");
        let made: Value = serde_json::from_str(&stdout).expect("JSON");
        let url = databases.make(&format!("empty{at}"), "");
        let (code, stdout, stderr) = run(folder.path(), &[&["upgrade", "--url", &url][..], &on].concat());
        assert!(code == 0 && stdout.starts_with("1 revision applied"), "{layout}: {stdout}{stderr}");
        let (code, stdout, _) = run(folder.path(), &["diff", &source, &url]);
        assert_eq!(code, 0, "{layout}: {stdout}");
        assert!(
            stdout.contains(&made["fingerprint"].as_str().expect("a digest")[..12]),
            "{layout}: {stdout}"
        );
        let (code, stdout, stderr) = run(folder.path(), &[&["drill"][..], &on].concat());
        assert_eq!(code, 0, "{layout}: {stdout}{stderr}");
    }
    let folder = project(&[]);
    let on = ["--migrations", "m", "--layout", "sqlx"];
    assert_eq!(run(folder.path(), &[&["baseline", &source][..], &on].concat()).0, 0);
    let (code, stdout, stderr) = run(folder.path(), &[&["adopt", &source, "--yes"][..], &on].concat());
    assert_eq!(code, 0, "{stdout}{stderr}");
    let (code, stdout, _) = run(folder.path(), &[&["upgrade", "--url", &source][..], &on].concat());
    assert!(code == 0 && stdout.starts_with("0 revisions applied"), "{stdout}");
}

#[test]
fn made_again_from_what_it_made_it_is_the_same() {
    let databases = Databases::start();
    let source = databases.make("source", SHOP);
    let folder = project(&[]);
    let script = |source: &str| {
        let args = ["baseline", source, "--dry-run", "--migrations", "m", "--layout", "groundline"];
        let (code, stdout, stderr) = run(folder.path(), &args);
        assert_eq!(code, 0, "{stderr}");
        stdout
    };
    let first = script(&source);
    let copy = databases.make(
        "copy",
        first.split("-- Takes back").next().expect("an up").replace("SET LOCAL", "SET").as_str(),
    );
    assert_eq!(first, script(&copy));
    assert_eq!(entries(folder.path()), Vec::<String>::new(), "nothing is written");
}

#[test]
fn nothing_is_written_that_is_not_the_source() {
    let databases = Databases::start();
    let on = ["--migrations", "m", "--layout", "groundline"];
    let refused = |files: &[(&str, &str)], source: &str| {
        let folder = project(files);
        let (code, stdout, stderr) = run(folder.path(), &[&["baseline", source][..], &on].concat());
        let is_written = folder.path().join("m/0001_baseline.up.sql").exists();
        assert!(!is_written, "{source}: {stdout}{stderr}");
        (code, stderr)
    };
    let (code, stderr) = refused(&[("m/0001_a.up.sql", "create table a ()")], &databases.make("a", SHOP));
    assert!(code == 2 && stderr.contains("the project has a history already"), "{stderr}");
    let (code, stderr) = refused(&[], &databases.make("empty", ""));
    assert!(code == 2 && stderr.contains("there is nothing to begin with"), "{stderr}");
    let secret =
        "create foreign data wrapper w; create server s foreign data wrapper w options (password 'hidden')";
    let (code, stderr) = refused(&[], &databases.make("far", secret));
    assert!(code == 1 && stderr.contains("so it is no baseline"), "{stderr}");
    assert!(stderr.contains("server s") && !stderr.contains("hidden"), "{stderr}");
    let (code, stderr) =
        refused(&[("wrong.sql", "create table a (id int);\ncreate tabel b ()")], "wrong.sql");
    assert!(code == 2 && stderr.contains("wrong.sql:2:8"), "{stderr}");
    let (code, stderr) = refused(&[], "postgresql://nobody:secret@127.0.0.1:1/none");
    assert!(code == 2 && !stderr.contains("secret"), "{stderr}");
}

#[test]
fn roles_are_made_before_as_the_project_says() {
    let databases = Databases::start();
    let source = databases
        .make("source", "create role shop_reader; create table a (id int); grant select on a to shop_reader");
    let on = ["--migrations", "m", "--layout", "groundline"];
    let folder = project(&[("groundline.toml", "")]);
    let (code, _, stderr) = run(folder.path(), &[&["baseline", &source][..], &on].concat());
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("shadow.before: CREATE ROLE shop_reader;"), "{stderr}");
    std::fs::write(folder.path().join("roles.sql"), "CREATE ROLE shop_reader;").expect("a file");
    std::fs::write(folder.path().join("groundline.toml"), "[shadow]\nbefore = \"roles.sql\"\n")
        .expect("a file");
    let (code, _, stderr) = run(folder.path(), &[&["baseline", &source][..], &on].concat());
    assert_eq!(code, 0, "{stderr}");
    let text = std::fs::read_to_string(PathBuf::from(folder.path()).join("m/0001_baseline.up.sql"))
        .expect("the script");
    assert!(text.contains("GRANT SELECT ON TABLE public.a TO shop_reader;"), "{text}");
}

#[test]
fn the_example_is_the_baseline_of_the_database_beside_it() {
    let examples = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples"));
    let args =
        ["diff", "orders-baseline/migrations", "orders-axum/production.sql", "--project", "orders-baseline"];
    let (code, stdout, stderr) = run(&examples, &args);
    assert!(code == 0 && stdout.contains("equal: "), "{stdout}{stderr}");
}
