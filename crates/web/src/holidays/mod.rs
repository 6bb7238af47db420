//! Holidays of law and of the Islamic calendar.

pub mod api;
pub mod pages;
