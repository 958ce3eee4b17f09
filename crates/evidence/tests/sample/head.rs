//! An invented schema.

use groundline_catalog::{Change, Difference, Fingerprint, ObjectId, ObjectKind};
use groundline_core::{Digest, ServerVersion};
use groundline_evidence::{NewestChange, SchemaFacts, SchemaObject};
use std::sync::Arc;

/// Table, and its columns with their types.
const TABLES: [(&str, &[(&str, &str)]); 5] = [
    ("customers", &[("id", "bigint"), ("given_name", "text"), ("family_name", "text"), ("email", "text")]),
    ("products", &[("id", "bigint"), ("sku", "text"), ("title", "text"), ("price", "numeric(12,2)")]),
    (
        "orders",
        &[
            ("id", "bigint"),
            ("customer_id", "bigint"),
            ("status", "public.order_status"),
            ("placed_at", "timestamp with time zone"),
            ("note", "text"),
        ],
    ),
    ("order_lines", &[("order_id", "bigint"), ("product_id", "bigint"), ("quantity", "integer")]),
    ("payments", &[("id", "bigint"), ("order_id", "bigint"), ("amount", "numeric(12,2)")]),
];

pub fn schema() -> SchemaFacts {
    let mut objects = loose();
    for (table, columns) in TABLES {
        let name = format!("public.{table}");
        objects.push(object(ObjectKind::Table, &name, None, &[("persistence", "permanent")]));
        for (place, (column, kind)) in columns.iter().enumerate() {
            let first = [("type", *kind), ("not null", "true")];
            let generated = [("type", *kind), ("not null", "true"), ("identity", "always")];
            let properties = if *column == "id" { &generated[..] } else { &first[..] };
            let order = Some(place as u32 + 1);
            let column = object(ObjectKind::Column, &format!("{name}.{column}"), order, properties);
            objects.push(of(column, ObjectKind::Table, &name));
        }
        let key = format!("{name}.{table}_pkey");
        let constraint = object(ObjectKind::Constraint, &key, None, &[("definition", "PRIMARY KEY (id)")]);
        objects.push(of(constraint, ObjectKind::Table, &name));
        let index = object(ObjectKind::Index, &format!("{name}_pkey"), None, &[]);
        objects.push(of(index, ObjectKind::Constraint, &key));
    }
    let index = [("keys", "placed_at")];
    let index = object(ObjectKind::Index, "public.orders_placed_at_idx", None, &index);
    objects.push(of(index, ObjectKind::Table, "public.orders"));
    let column = "public.payments.amount";
    let grant =
        object(ObjectKind::Grant, &format!("column {column} to audit"), None, &[("privileges", "SELECT")]);
    objects.push(of(grant, ObjectKind::Column, column));
    let sequence = object(ObjectKind::Sequence, "elsewhere.payment_numbers", None, &[("type", "bigint")]);
    objects.push(of(sequence, ObjectKind::Column, "public.payments.id"));
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    SchemaFacts {
        server: ServerVersion::from_num(170_006),
        fingerprint: Some(Fingerprint { schema: Digest::of("0014"), ordered: Digest::of("ordered") }),
        objects,
    }
}

/// What belongs to no relation, and a view.
fn loose() -> Vec<SchemaObject> {
    let view = " SELECT o.id,\n    sum(l.quantity * p.price) AS total\n   FROM orders o\n     JOIN order_lines l ON \
                l.order_id = o.id\n     JOIN products p ON p.id = l.product_id\n  GROUP BY o.id;";
    let labels = [("labels", "placed, paid, shipped, refunded")];
    vec![
        object(ObjectKind::Schema, "public", None, &[]),
        object(ObjectKind::Extension, "pg_trgm", None, &[("version", "1.6")]),
        object(ObjectKind::Type, "public.order_status", None, &labels),
        object(ObjectKind::View, "public.order_totals", None, &[("definition", view)]),
        object(
            ObjectKind::Function,
            "public.touch()",
            None,
            &[("language", "plpgsql"), ("returns", "trigger")],
        ),
    ]
}

pub fn object(kind: ObjectKind, name: &str, order: Option<u32>, properties: &[(&str, &str)]) -> SchemaObject {
    let pairs = properties.iter().map(|(name, value)| (Arc::from(*name), Arc::from(*value)));
    SchemaObject { id: ObjectId::new(kind, name), order, parent: None, properties: pairs.collect() }
}

pub fn of(object: SchemaObject, kind: ObjectKind, parent: &str) -> SchemaObject {
    SchemaObject { parent: Some(ObjectId::new(kind, parent)), ..object }
}

/// A revision that adds a column, changes one, takes one away, and makes an index.
pub fn newest() -> NewestChange {
    let difference =
        |kind, identity: &str, change| Difference { object: ObjectId::new(kind, identity), change };
    let changed = Change::Changed {
        property: "type".into(),
        before: Some("integer".into()),
        after: Some("bigint".into()),
    };
    NewestChange {
        revision: "0014 validate_payments_amount_check".into(),
        differences: vec![
            difference(ObjectKind::Column, "public.orders.note", Change::Added),
            difference(ObjectKind::Column, "public.orders.remark", Change::Removed),
            difference(ObjectKind::Column, "public.products.id", changed),
            difference(ObjectKind::Index, "public.orders_placed_at_idx", Change::Added),
        ],
    }
}
