//! A fixture.
fn main() { runner(); }
