//! Products and their prices of today.

use super::PAGE;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use deadpool_postgres::Pool;
use serde::Serialize;

#[derive(Serialize)]
pub struct Product {
    id: i64,
    sku: String,
    name: String,
    price_cents: i64,
}

pub async fn list(State(pool): State<Pool>) -> Result<Json<Vec<Product>>, Problem> {
    let newest = "SELECT id, sku, name, price_cents FROM products ORDER BY id DESC LIMIT $1";
    let rows = pool.get().await?.query(newest, &[&PAGE]).await?;
    let products = rows.iter().map(|row| Product {
        id: row.get("id"),
        sku: row.get("sku"),
        name: row.get("name"),
        price_cents: row.get("price_cents"),
    });
    Ok(Json(products.collect()))
}
