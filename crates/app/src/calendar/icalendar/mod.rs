//! Our calendar as iCalendar, for other programs.
//!
//! Content lines, dates and time zones are written by `obcms_icalendar`, which also reads the calendars of others.

mod export;
mod write;

pub use write::{About, Component, SerializedCalendar, UID_SUFFIX};
