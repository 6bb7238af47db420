//! The rules of obcms: what the office's things are, who may do what, and how states change. No I/O, no clock.

pub mod addresses;
pub mod bookings;
pub mod calendar;
pub mod choices;
pub mod closing;
pub mod hex;
pub mod hijri;
pub mod holidays;
pub mod id;
pub mod jobs;
pub mod kinds;
pub mod milestones;
pub mod networks;
pub mod people;
pub mod places;
pub mod projects;
pub mod registry;
pub mod scheduling;
pub mod search;
pub mod seeds;
pub mod series;
pub mod sharing;
pub mod tasks;
