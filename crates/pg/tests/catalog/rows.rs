//! One row in every table before statements run, so that they meet data, and what the lint says of rows that are in the
//! way. `GROUNDLINE_ROWS` says which: `full` gives each column a value, `sparse` only those that need one; without it
//! tables stay as they are.
//! In: values by type, foreign keys that hold. Out: running the statements (`pairs`). Called by `pairs` and `sequence`.

use crate::support::{Database, rows, server};
use groundline_catalog::Snapshot;
use groundline_catalog::ddl::Plan;
use groundline_core::{quote_literal, quote_qualified};
use groundline_lint::{Policies, Schema, Settings, judge};
use std::collections::BTreeMap;

/// How many values of a type are tried, one after the other, until the checks of a table take its row.
const TAKES: usize = 4;

/// Tables of people's, each with its columns that can be written: whether a value is needed, and one of each take. A key
/// and what refers to it get the same value, since it goes by the type alone.
const TABLES: &str = r"
WITH RECURSIVE base AS (
    SELECT oid, oid AS basis, typnotnull FROM pg_type WHERE typtype <> 'd'
    UNION ALL
    SELECT d.oid, b.basis, d.typnotnull OR b.typnotnull
    FROM pg_type d JOIN base b ON b.oid = d.typbasetype WHERE d.typtype = 'd'
), takes AS (
    SELECT b.oid, b.typnotnull, CASE
        WHEN t.typtype = 'e' THEN ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
        WHEN t.typtype = 'm' THEN ARRAY['{}']
        WHEN t.typtype = 'r' THEN ARRAY['empty']
        WHEN t.typtype = 'c' THEN ARRAY['(' || repeat(',', (SELECT relnatts - 1 FROM pg_class WHERE oid = t.typrelid)) || ')']
        WHEN t.typname IN ('json', 'jsonb') THEN ARRAY['{}', '[]', '1']
        WHEN t.typname = 'uuid' THEN ARRAY['00000000-0000-0000-0000-000000000001']
        WHEN t.typname LIKE 'macaddr%' THEN ARRAY['08:00:2b:01:02:03']
        WHEN t.typname = 'bytea' THEN ARRAY['1']
        WHEN t.typname = 'xml' THEN ARRAY['<a/>']
        WHEN t.typname = 'polygon' THEN ARRAY['((0,0),(1,1))']
        WHEN t.typname IN ('box', 'lseg', 'path') THEN ARRAY['((0,0),(1,1))']
        WHEN t.typname = 'circle' THEN ARRAY['<(0,0),1>']
        WHEN t.typname = 'point' THEN ARRAY['(0,0)']
        WHEN t.typcategory = 'A' THEN ARRAY['{}']
        WHEN t.typcategory = 'B' THEN ARRAY['true', 'false']
        WHEN t.typcategory = 'D' THEN ARRAY['2025-01-01 00:00', '00:00', '2024-06-01 00:00']
        WHEN t.typcategory = 'I' THEN ARRAY['127.0.0.1']
        WHEN t.typcategory = 'N' THEN ARRAY['1', '0', '10', '1000']
        WHEN t.typcategory = 'S' THEN ARRAY['1', 'a', 'a@b.c', 'A1']
        WHEN t.typcategory = 'T' THEN ARRAY['1 hour']
        ELSE ARRAY['1', '']
        END AS texts
    FROM base b JOIN pg_type t ON t.oid = b.basis
)
SELECT c.relkind, format('%I.%I', n.nspname, c.relname), quote_ident(a.attname),
    (a.attnotnull OR y.typnotnull) AND NOT a.atthasdef AND a.attidentity = '', take,
    coalesce(quote_literal(y.texts[1 + take % nullif(cardinality(y.texts), 0)]), 'NULL')
    || '::' || format_type(a.atttypid, a.atttypmod)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN generate_series(0, $TAKES) AS take
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
LEFT JOIN takes y ON y.oid = a.atttypid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 2, take, a.attnum";

/// For each foreign key, a statement that deletes the rows that it would not take.
const ORPHANS: &str = r"
SELECT format('DELETE FROM %s AS child WHERE %s AND NOT EXISTS (SELECT FROM %s AS parent WHERE %s)',
    f.conrelid::regclass, string_agg(format('child.%I IS NOT NULL', c.attname), ' AND '), f.confrelid::regclass,
    string_agg(format('parent.%I = child.%I', p.attname, c.attname), ' AND '))
FROM pg_constraint f
CROSS JOIN unnest(f.conkey, f.confkey) AS key (child, parent)
JOIN pg_attribute c ON c.attrelid = f.conrelid AND c.attnum = key.child
JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = key.parent
WHERE f.contype = 'f' AND f.conparentid = 0 AND f.convalidated
GROUP BY f.oid, f.conrelid, f.confrelid";

/// Which columns get a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Needed,
}

/// What became of the tables.
#[derive(Default)]
pub struct Filled {
    /// They have a row now, or had some.
    pub with: usize,
    /// No row that was tried is taken.
    pub without: Vec<String>,
}

/// What is asked for; nothing where rows are not.
fn which() -> Option<Which> {
    match std::env::var("GROUNDLINE_ROWS").ok()?.as_str() {
        "" => None,
        "full" => Some(Which::All),
        "sparse" => Some(Which::Needed),
        other => panic!("GROUNDLINE_ROWS is full or sparse, not {other}"),
    }
}

/// Puts a row into every table that has none, if rows are asked for. No trigger fires.
pub async fn fill(database: &Database) -> Filled {
    let mut filled = Filled::default();
    let Some(which) = which() else { return filled };
    let execute = async |sql: &str| database.client.execute(sql, &[]).await;
    execute("SET session_replication_role = replica").await.expect("triggers stay silent");
    for (table, attempts) in attempts(database, which).await {
        let mut taken = false;
        for attempt in attempts {
            taken = taken || execute(&attempt).await.is_ok();
        }
        match taken {
            true => filled.with += 1,
            false => filled.without.push(table),
        }
    }
    loop {
        let mut orphans = 0;
        for statement in rows(&database.client, ORPHANS).await {
            // A key over what has no equality in common is left to the server.
            orphans += execute(&statement[0]).await.unwrap_or(0);
        }
        if orphans == 0 {
            break;
        }
    }
    execute("RESET session_replication_role").await.expect("triggers fire again");
    filled
}

/// The rows that are tried for each table: those that are asked for first, then the other form.
async fn attempts(database: &Database, first: Which) -> BTreeMap<String, Vec<String>> {
    let mut of: BTreeMap<String, Vec<Vec<Vec<String>>>> = BTreeMap::new();
    let query = TABLES.replace("$TAKES", &(TAKES - 1).to_string());
    for row in rows(&database.client, &query).await {
        let take: usize = row[4].parse().expect("a number");
        let takes = of.entry(row[1].clone()).or_insert_with(|| vec![Vec::new(); TAKES]);
        takes[take].push(row);
    }
    let second = if first == Which::All { Which::Needed } else { Which::All };
    let all = |takes: Vec<Vec<Vec<String>>>| {
        let of = |which: Which| takes.iter().map(move |columns| insert(columns, which)).collect::<Vec<_>>();
        [of(first), of(second)].concat()
    };
    of.into_iter().map(|(table, takes)| (table, all(takes))).collect()
}

/// A row for a table without rows.
fn insert(columns: &[Vec<String>], which: Which) -> String {
    let (kind, table) = (&columns[0][0], &columns[0][1]);
    // A table without columns has a line of them nevertheless.
    let is_put = |column: &&Vec<String>| column[2] != "null" && (which == Which::All || column[3] == "t");
    let put: Vec<&Vec<String>> = columns.iter().filter(is_put).collect();
    let of = |at: usize| put.iter().map(|column| column[at].as_str()).collect::<Vec<_>>().join(", ");
    let names = if put.is_empty() { String::new() } else { format!(" ({})", of(2)) };
    let only = if kind == "p" { "" } else { "ONLY " };
    format!(
        "INSERT INTO {table}{names} OVERRIDING SYSTEM VALUE SELECT {} WHERE NOT EXISTS (SELECT FROM {only}{table})",
        of(5)
    )
}

/// Rows that are in the way of a statement.
#[derive(Default)]
pub struct InTheWay {
    /// The keys of the rows' tables, and of those with foreign keys to them as they were before the statements: a key that
    /// is dropped meanwhile would keep rows whose parents go.
    tables: Vec<String>,
    pub said: String,
}

impl InTheWay {
    /// Has the rows go, from tables that may have another name by now.
    pub async fn empty(&self, database: &Database) -> Result<(), String> {
        let names = format!(
            "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE oid IN ({})",
            self.tables.join(", ")
        );
        let names = rows(&database.client, &names).await;
        let emptied = database.client.batch_execute(&format!("TRUNCATE {} CASCADE", names[0][0])).await;
        emptied.map_err(|error| format!("{error:?}"))
    }
}

/// A table's key, and the keys of those whose foreign keys lead to it.
async fn with_children(database: &Database, table: &str) -> Vec<String> {
    let query = format!(
        "WITH RECURSIVE reached AS (
            SELECT {}::regclass::oid AS oid
            UNION SELECT f.conrelid FROM pg_constraint f JOIN reached ON f.confrelid = reached.oid WHERE f.contype = 'f'
        ) SELECT oid FROM reached",
        quote_literal(table)
    );
    rows(&database.client, &query).await.into_iter().flatten().collect()
}

/// What a plan's statements would meet in the rows of a database, by their place in its script; nothing where rows are
/// not asked for.
pub async fn in_the_way(database: &Database, plan: &Plan, before: &Snapshot) -> BTreeMap<usize, InTheWay> {
    let mut of: BTreeMap<usize, InTheWay> = BTreeMap::new();
    if which().is_none() {
        return of;
    }
    let policies = Policies::default();
    let major = server().version().major();
    let today = jiff::civil::date(2026, 1, 1);
    let settings = Settings { major, wrapped: false, today, policies: &policies, has_down: None };
    let verdict = judge(&plan.sql(), &mut Schema::of(before), settings);
    let asked = groundline_pg::rows::in_the_way(&database.client, &verdict.prechecks).await;
    let (found, unasked) = asked.expect("the session lives");
    unasked.iter().for_each(|fault| eprintln!("not asked: {fault:?}"));
    for finding in found {
        let mut relations = verdict.prechecks.iter().map(|precheck| &precheck.relation);
        let name = relations.find(|name| Some(name.to_string()) == finding.relation);
        let name = name.expect("a question of each finding");
        let rows = of.entry(finding.statement).or_default();
        let table = quote_qualified(name.schema.as_deref().unwrap_or("public"), &name.name);
        rows.tables.extend(with_children(database, &table).await);
        rows.said = finding.message;
    }
    of
}
