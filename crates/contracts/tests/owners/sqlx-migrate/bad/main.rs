//! A fixture.
async fn main() { sqlx::migrate!("./migrations").run(&pool).await.unwrap(); }
