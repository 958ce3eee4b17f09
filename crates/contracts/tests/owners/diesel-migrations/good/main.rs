//! A fixture.
fn main() { connection.pending_migrations(MIGRATIONS).unwrap(); }
