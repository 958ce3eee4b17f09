//! A fixture.
fn main() { let statement = schema.create_table_from_entity(cake::Entity); }
