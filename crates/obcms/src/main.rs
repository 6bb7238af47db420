//! The obcms program.
fn main() {}
