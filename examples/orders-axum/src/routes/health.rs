//! Whether this process can answer: it has a connection, and the server answers on it.

use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use deadpool_postgres::Pool;
use serde_json::{Value, json};

pub async fn answer(State(pool): State<Pool>) -> Result<Json<Value>, Problem> {
    let client = pool.get().await?;
    client.query_one("SELECT 1", &[]).await?;
    Ok(Json(json!({ "status": "ok" })))
}
