//! Operations on the calendar.

pub mod calendar;
pub mod icalendar;
pub mod occurrences;
pub mod recurrence;
pub mod scheduling;
