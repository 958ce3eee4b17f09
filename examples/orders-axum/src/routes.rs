//! The routes; one file a subject.

mod customers;
mod health;
mod orders;
mod payments;
mod products;
mod reports;

use axum::Router;
use axum::routing::get;
use deadpool_postgres::Pool;
use jiff::Timestamp;
use std::time::SystemTime;
use tokio_postgres::Row;

/// How many rows a list has at most; newest first.
const PAGE: i64 = 100;

/// All routes over one pool.
pub fn router(pool: Pool) -> Router {
    Router::new()
        .route("/health", get(health::answer))
        .route("/customers", get(customers::list))
        .route("/products", get(products::list))
        .route("/orders", get(orders::list).post(orders::place))
        .route("/orders/{id}", get(orders::show))
        .route("/payments", axum::routing::post(payments::receive))
        .route("/reports/revenue", get(reports::revenue))
        .with_state(pool)
}

/// A `timestamptz` column of a row. `infinity` and years beyond 9999, which no row of ours has, become the
/// last moment that can be written.
fn timestamp(row: &Row, column: &str) -> Timestamp {
    Timestamp::try_from(row.get::<_, SystemTime>(column)).unwrap_or(Timestamp::MAX)
}
