//! Data of an office that does not exist, to try the program on.

pub mod content;
