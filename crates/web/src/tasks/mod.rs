//! Tasks: board, Today, list, templates.

pub mod api;
pub mod pages;
