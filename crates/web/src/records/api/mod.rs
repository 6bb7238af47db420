//! Operations that every kind gets from its description.

pub mod files;
pub mod records;
pub mod search;
