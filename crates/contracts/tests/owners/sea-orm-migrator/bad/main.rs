//! A fixture.
async fn main() { Migrator::up(&db, None).await.unwrap(); }
