//! Groundline on the command line.
fn main() {}
