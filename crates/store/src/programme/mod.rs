//! Portfolio, projects, and the chain around a record.

pub mod portfolio;
pub mod projects;
pub mod trace;
