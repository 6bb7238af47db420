//! Bookings of rooms, vehicles and equipment.

pub mod api;
pub mod pages;
