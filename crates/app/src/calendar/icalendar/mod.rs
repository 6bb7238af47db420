//! iCalendar export of the calendar.
//!
//! `obcms_icalendar` writes content lines, dates and time zones. It also parses external calendars.

mod export;
mod write;

pub use write::{About, Component, SerializedCalendar, UID_SUFFIX};
