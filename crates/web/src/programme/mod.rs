//! PPAs, projects, the portfolio and the trace of a record.

pub mod api;
pub mod pages;
