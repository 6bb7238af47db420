//! Calendars that leave the office, and calendars of others.

pub mod api;
pub mod pages;
