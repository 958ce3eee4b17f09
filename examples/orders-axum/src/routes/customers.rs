//! Customers, each with the newest of their addresses.

use super::{PAGE, timestamp};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;

const NEWEST: &str = "
    SELECT customers.id, email, given_name, family_name, customers.created_at, address.lines AS address
    FROM customers
    LEFT JOIN LATERAL (
        SELECT lines FROM addresses WHERE customer_id = customers.id ORDER BY id DESC LIMIT 1
    ) AS address ON true
    ORDER BY customers.id DESC
    LIMIT $1";

#[derive(Serialize)]
pub struct Customer {
    id: i64,
    email: String,
    given_name: Option<String>,
    family_name: Option<String>,
    address: Option<String>,
    created_at: Timestamp,
}

pub async fn list(State(pool): State<Pool>) -> Result<Json<Vec<Customer>>, Problem> {
    let rows = pool.get().await?.query(NEWEST, &[&PAGE]).await?;
    let customers = rows.iter().map(|row| Customer {
        id: row.get("id"),
        email: row.get("email"),
        given_name: row.get("given_name"),
        family_name: row.get("family_name"),
        address: row.get("address"),
        created_at: timestamp(row, "created_at"),
    });
    Ok(Json(customers.collect()))
}
