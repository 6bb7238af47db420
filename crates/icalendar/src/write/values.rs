//! Dates and times in iCalendar format (RFC 5545 sections 3.3.4 and 3.3.5).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Date: `20270125`.
#[derive(Clone, Copy)]
pub struct Day(pub Date);

/// Local time: `20270125T090000`.
#[derive(Clone, Copy)]
pub struct Local(pub DateTime);

/// Time in UTC: `20270125T010000Z`.
#[derive(Clone, Copy)]
pub struct Utc(pub Timestamp);

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}{:02}{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Display for Local {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, time) = (Day(self.0.date()), self.0.time());
        write!(formatter, "{day}T{:02}{:02}{:02}", time.hour(), time.minute(), time.second())
    }
}

impl fmt::Display for Utc {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}Z", Local(TimeZone::UTC.to_datetime(self.0)))
    }
}
