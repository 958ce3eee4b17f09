//! A fixture.
fn main() { embedded::migrations::runner().run(&mut client).unwrap(); }
