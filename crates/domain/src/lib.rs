//! Rules of obcms: kinds, policy table and states, without I/O and without clock.

pub mod accounts;
pub mod alerts;
pub mod approval;
pub mod attachments;
pub mod bookings;
pub mod calendar;
pub mod choices;
pub mod core;
pub mod entries;
pub mod exchange;
pub mod holidays;
pub mod jobs;
pub mod kinds;
pub mod money;
pub mod places;
pub mod programme;
pub mod records;
pub mod registry;
pub mod reports;
pub mod results;
pub mod seeds;
pub mod tasks;
