//! Orders: the list with totals, one in full, and placing a new one.

use super::{PAGE, timestamp};
use crate::problem::Problem;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

const LIST: &str = "
    SELECT order_id, customer_id, status::text, placed_at, total_cents
    FROM order_totals
    ORDER BY placed_at DESC, order_id DESC
    LIMIT $1";
const ONE: &str = "
    SELECT order_id, customer_id, status::text, placed_at, total_cents
    FROM order_totals
    WHERE order_id = $1";
const ITEMS: &str = "
    SELECT sku, quantity, unit_price_cents, line_total_cents
    FROM order_items JOIN products ON products.id = product_id
    WHERE order_id = $1
    ORDER BY product_id";
const PAYMENTS: &str = "
    SELECT method::text, amount_cents, received_at
    FROM payments
    WHERE order_id = $1
    ORDER BY id";
/// Takes the prices of today.
const INSERT_ITEM: &str = "
    INSERT INTO order_items (order_id, product_id, quantity, unit_price_cents)
    SELECT $1, id, $3, price_cents FROM products WHERE id = $2";

#[derive(Serialize)]
pub struct Order {
    id: i64,
    customer_id: i64,
    status: String,
    placed_at: Timestamp,
    total_cents: i64,
}

#[derive(Serialize)]
pub struct OrderInFull {
    #[serde(flatten)]
    order: Order,
    items: Vec<Item>,
    payments: Vec<Payment>,
}

#[derive(Serialize)]
struct Item {
    sku: String,
    quantity: i32,
    unit_price_cents: i64,
    line_total_cents: i64,
}

#[derive(Serialize)]
struct Payment {
    method: String,
    amount_cents: i64,
    received_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    customer_id: i64,
    items: Vec<NewItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewItem {
    product_id: i64,
    quantity: i32,
}

#[derive(Serialize)]
pub struct Placed {
    id: i64,
}

fn order(row: &Row) -> Order {
    Order {
        id: row.get("order_id"),
        customer_id: row.get("customer_id"),
        status: row.get("status"),
        placed_at: timestamp(row, "placed_at"),
        total_cents: row.get("total_cents"),
    }
}

pub async fn list(State(pool): State<Pool>) -> Result<Json<Vec<Order>>, Problem> {
    let rows = pool.get().await?.query(LIST, &[&PAGE]).await?;
    Ok(Json(rows.iter().map(order).collect()))
}

pub async fn show(
    State(pool): State<Pool>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Json<OrderInFull>, Problem> {
    let Path(id) = id?;
    let client = pool.get().await?;
    let found = client.query_opt(ONE, &[&id]).await?;
    let row = found.ok_or_else(|| Problem::not_found(format!("no order {id}")))?;
    let items = client.query(ITEMS, &[&id]).await?;
    let payments = client.query(PAYMENTS, &[&id]).await?;
    Ok(Json(OrderInFull {
        order: order(&row),
        items: items
            .iter()
            .map(|row| Item {
                sku: row.get("sku"),
                quantity: row.get("quantity"),
                unit_price_cents: row.get("unit_price_cents"),
                line_total_cents: row.get("line_total_cents"),
            })
            .collect(),
        payments: payments
            .iter()
            .map(|row| Payment {
                method: row.get("method"),
                amount_cents: row.get("amount_cents"),
                received_at: timestamp(row, "received_at"),
            })
            .collect(),
    }))
}

/// Places an order with all its items, or nothing.
pub async fn place(
    State(pool): State<Pool>,
    body: Result<Json<NewOrder>, JsonRejection>,
) -> Result<(StatusCode, Json<Placed>), Problem> {
    let Json(new) = body?;
    if new.items.is_empty() {
        return Err(Problem::unprocessable("an order has at least one item"));
    }
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let insert = "INSERT INTO orders (customer_id) VALUES ($1) RETURNING id";
    let id: i64 = transaction.query_one(insert, &[&new.customer_id]).await?.get("id");
    for item in &new.items {
        let inserted = transaction.execute(INSERT_ITEM, &[&id, &item.product_id, &item.quantity]).await?;
        if inserted == 0 {
            return Err(Problem::unprocessable(format!("no product {}", item.product_id)));
        }
    }
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(Placed { id })))
}
