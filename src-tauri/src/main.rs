//! The desktop executable.
fn main() {}
