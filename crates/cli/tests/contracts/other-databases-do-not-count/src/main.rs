//! A fixture.
fn main() {
    let cache = std::env::var("REDIS_URL").unwrap();
    let tests = std::env::var("TEST_DATABASE_URL").unwrap();
    let url = std::env::var("DATABASE_URL").unwrap();
}
