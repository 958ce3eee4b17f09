//! A fixture.
async fn main() { Migrator::status(&db).await.unwrap(); }
