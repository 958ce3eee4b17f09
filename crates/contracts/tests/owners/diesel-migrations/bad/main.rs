//! A fixture.
fn main() { connection.run_pending_migrations(MIGRATIONS).unwrap(); }
