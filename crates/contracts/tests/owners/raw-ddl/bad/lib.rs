//! A fixture.
async fn f() { sqlx::query("create table if not exists t (id int)").execute(&p).await; }
