//! A fixture.
fn main() { let entity = cake::Entity; }
