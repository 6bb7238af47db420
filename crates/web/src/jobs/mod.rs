//! Jobs and their runs.

pub mod api;
pub mod pages;
