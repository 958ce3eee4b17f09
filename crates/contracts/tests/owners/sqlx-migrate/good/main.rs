//! A fixture.
fn main() { let migrate = "sqlx"; }
