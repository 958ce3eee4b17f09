//! Reports: what the schema's views say.

use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use deadpool_postgres::Pool;
use serde::Serialize;

#[derive(Serialize)]
pub struct Month {
    /// Its first day, `2025-01-01`.
    month: String,
    orders: i64,
    revenue_cents: i64,
    customers: i64,
}

pub async fn revenue(State(pool): State<Pool>) -> Result<Json<Vec<Month>>, Problem> {
    let months = "SELECT month::text, orders, revenue_cents, customers FROM monthly_revenue ORDER BY monthly_revenue.month";
    let rows = pool.get().await?.query(months, &[]).await?;
    let months = rows.iter().map(|row| Month {
        month: row.get("month"),
        orders: row.get("orders"),
        revenue_cents: row.get("revenue_cents"),
        customers: row.get("customers"),
    });
    Ok(Json(months.collect()))
}
