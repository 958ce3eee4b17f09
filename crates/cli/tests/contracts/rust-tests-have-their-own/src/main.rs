//! A fixture.
fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
}

#[cfg(test)]
mod tests {
    const OTHER: &str = env!("OTHER_DATABASE_URL");
}
