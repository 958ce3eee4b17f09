//! What is printed here is what the server prints: the properties of every constraint and index, put together again, are
//! `pg_get_constraintdef` and `pg_get_indexdef`, and every expression is `pg_get_expr` of its very row, though alike
//! ones are asked for once.

use crate::support::{Database, rows};
use crate::world;
use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_pg::introspect::read;

/// The collation of an expression is printed where it is not the database's; the server leaves it out where the
/// expression has it by itself. Index, what is printed here, what the server prints.
const COLLATED: &[(&str, &str, &str)] = &[
    ("shop.orders_note", r#"lower(note) COLLATE "C""#, "lower(note)"),
    ("print.keys_expressions", r#"upper((d)::text) COLLATE "C""#, "upper((d)::text)"),
];

/// As a reading has them.
const SETTINGS: &str = "SET search_path = ''; SET TimeZone = 'UTC'; SET extra_float_digits = 3";

/// What the server says of objects: a name, and what it prints.
const CONSTRAINTS: &str = "
    SELECT concat_ws('.', quote_ident(n.nspname), quote_ident(c.relname), quote_ident(k.conname)), pg_get_constraintdef(k.oid)
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.conrelid >= 16384 AND k.contype <> 't' AND (k.contype <> 'f' OR k.conparentid = 0)";
/// Indexes of their own. The values of options are without the quotes that the server may put around them.
const INDEXES: &str = r"
    SELECT concat_ws('.', quote_ident(n.nspname), quote_ident(c.relname)),
        regexp_replace(pg_get_indexdef(c.oid), '([(, ]\w+=)''(\w+)''', '\1\2', 'g')
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND n.nspname <> 'pg_toast'
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))";
const DEFAULTS: &str = "
    SELECT concat_ws('.', quote_ident(n.nspname), quote_ident(c.relname), quote_ident(a.attname)),
        pg_get_expr(d.adbin, d.adrelid) || CASE a.attgenerated WHEN 's' THEN ' stored' WHEN 'v' THEN ' virtual' ELSE '' END
    FROM pg_attrdef AS d JOIN pg_class AS c ON c.oid = d.adrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE c.oid >= 16384";
const CHECKS: &str = "
    SELECT concat_ws('.', quote_ident(n.nspname), quote_ident(c.relname), quote_ident(k.conname)),
        'CHECK (' || pg_get_expr(k.conbin, k.conrelid) || ')'
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.conrelid >= 16384 AND k.contype = 'c'";
const PREDICATES: &str = "
    SELECT concat_ws('.', quote_ident(n.nspname), quote_ident(c.relname)), pg_get_expr(i.indpred, i.indrelid)
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND i.indpred IS NOT NULL AND NOT i.indisexclusion";

#[tokio::test(flavor = "multi_thread")]
async fn constraints_are_what_the_server_prints() {
    let (database, snapshot) = database().await;
    let made = |id: &ObjectId| constraint(snapshot.objects.get(id)?);
    compare(&database, CONSTRAINTS, ObjectKind::Constraint, made).await;
    world::remove(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_are_what_the_server_prints() {
    let (database, snapshot) = database().await;
    for (name, here, _) in COLLATED {
        let made = index(&snapshot, &ObjectId::new(ObjectKind::Index, *name)).expect("an index");
        assert!(made.contains(here), "{name} is no exception: {made}");
    }
    let made = |id: &ObjectId| {
        let made = index(&snapshot, id)?;
        let exception = COLLATED.iter().find(|(name, ..)| *name == &*id.identity);
        Some(exception.map_or(made.clone(), |(_, here, there)| made.replace(here, there)))
    };
    compare(&database, INDEXES, ObjectKind::Index, made).await;
    world::remove(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alike_expressions_are_printed_alike() {
    let (database, snapshot) = database().await;
    let value = |id: &ObjectId, names: &[&str]| {
        let object = snapshot.objects.get(id)?;
        names.iter().find_map(|name| property(object, name)).map(str::to_owned)
    };
    let default = |id: &ObjectId| value(id, &["default", "generated"]);
    compare(&database, DEFAULTS, ObjectKind::Column, default).await;
    compare(&database, CHECKS, ObjectKind::Constraint, |id| value(id, &["definition"])).await;
    compare(&database, PREDICATES, ObjectKind::Index, |id| value(id, &["where"])).await;
    world::remove(database).await;
}

/// A database with every kind of object, and with expressions that are hard to tell apart.
async fn database() -> (Database, Snapshot) {
    let database = world::database().await;
    let made = database.client.batch_execute(include_str!("printing.sql")).await;
    made.unwrap_or_else(|error| panic!("the schema is not made: {error:?}"));
    let snapshot = read(&database.client, &world::full()).await.expect("the schema is read");
    database.client.batch_execute(SETTINGS).await.expect("the settings of a reading");
    (database, snapshot)
}

/// Compares what the server prints of each object with what is made of its properties.
async fn compare(
    database: &Database,
    query: &str,
    kind: ObjectKind,
    made: impl Fn(&ObjectId) -> Option<String>,
) {
    let of_server = rows(&database.client, query).await;
    assert!(of_server.len() > 30, "{} rows of {kind}", of_server.len());
    let wrong = of_server.iter().filter_map(|row| {
        let (id, printed) = (ObjectId::new(kind, row[0].as_str()), &row[1]);
        let made = made(&id).unwrap_or_else(|| "nothing".to_owned());
        (made != *printed).then(|| format!("{id}\n  made    {made}\n  printed {printed}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), of_server.len(), wrong.join("\n"));
}

fn property<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    object.properties.get(name).map(AsRef::as_ref)
}

fn constraint(object: &Object) -> Option<String> {
    let mut made = property(object, "definition")?.to_owned();
    let words = [
        ("no inherit", "true", " NO INHERIT"),
        ("deferrable", "true", " DEFERRABLE"),
        ("deferrable", "initially deferred", " DEFERRABLE INITIALLY DEFERRED"),
        ("enforced", "false", " NOT ENFORCED"),
    ];
    for (name, value, words) in words {
        if property(object, name) == Some(value) {
            made.push_str(words);
        }
    }
    // What is not enforced is not validated, and the server says the first.
    if property(object, "validated").is_some() && property(object, "enforced").is_none() {
        made.push_str(" NOT VALID");
    }
    Some(made)
}

fn index(snapshot: &Snapshot, id: &ObjectId) -> Option<String> {
    let object = snapshot.objects.get(id)?;
    let table = object.parent.as_ref()?;
    let is_partitioned = property(snapshot.objects.get(table)?, "partition key").is_some();
    let of = |name: &str| property(object, name);
    let mut made = format!(
        "CREATE {}INDEX {} ON {}{} USING {} ({})",
        if of("unique").is_some() { "UNIQUE " } else { "" },
        id.last_part(),
        if is_partitioned { "ONLY " } else { "" },
        table.identity,
        of("method").unwrap_or("btree"),
        of("keys")?,
    );
    if let Some(columns) = of("include") {
        made.push_str(&format!(" INCLUDE ({columns})"));
    }
    if of("nulls not distinct").is_some() {
        made.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(options) = of("options") {
        made.push_str(&format!(" WITH ({options})"));
    }
    if let Some(predicate) = of("where") {
        made.push_str(&format!(" WHERE {predicate}"));
    }
    // The server leaves out its own schema before a collation.
    Some(made.replace("COLLATE pg_catalog.", "COLLATE "))
}
