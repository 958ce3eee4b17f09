//! A fixture.
fn main() {
    let url = std::env::var("SHOP_DATABASE_URL").unwrap();
}
