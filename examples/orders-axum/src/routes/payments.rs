//! Receiving payments. The one that completes an order's total makes it paid, in the same transaction.

use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use deadpool_postgres::Pool;
use serde::{Deserialize, Serialize};

/// Locks the order, so that two payments at once see each other's sum.
const LOCK: &str = "SELECT status::text FROM orders WHERE id = $1 FOR UPDATE";
const INSERT: &str = "
    INSERT INTO payments (order_id, method, amount_cents, reference)
    VALUES ($1, $2::text::payment_method, $3, $4)
    RETURNING id";
const SETTLE: &str = "
    UPDATE orders SET status = 'paid'
    FROM order_totals
    WHERE orders.id = $1 AND orders.status = 'pending' AND order_totals.order_id = orders.id
      AND order_totals.total_cents <= (SELECT sum(amount_cents) FROM payments WHERE order_id = $1)";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    order_id: i64,
    method: String,
    amount_cents: i64,
    reference: Option<String>,
}

#[derive(Serialize)]
pub struct Received {
    id: i64,
    /// Whether this payment made the order paid.
    settled: bool,
}

pub async fn receive(
    State(pool): State<Pool>,
    body: Result<Json<NewPayment>, JsonRejection>,
) -> Result<(StatusCode, Json<Received>), Problem> {
    let Json(new) = body?;
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let order = transaction.query_opt(LOCK, &[&new.order_id]).await?;
    let order = order.ok_or_else(|| Problem::unprocessable(format!("no order {}", new.order_id)))?;
    if order.get::<_, &str>("status") == "cancelled" {
        return Err(Problem::conflict("the order is cancelled"));
    }
    let row = transaction
        .query_one(INSERT, &[&new.order_id, &new.method, &new.amount_cents, &new.reference])
        .await?;
    let settled = transaction.execute(SETTLE, &[&new.order_id]).await? == 1;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(Received { id: row.get("id"), settled })))
}
