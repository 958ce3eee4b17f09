//! A fixture.
fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
}
