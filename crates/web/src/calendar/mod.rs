//! The calendar, its entries and free times.

pub mod api;
pub mod pages;
