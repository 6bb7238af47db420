//! Calendar entries, series and scheduling.

pub mod actions;
pub mod scheduling;
pub mod series;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar::series::StoredSeries;
use crate::core::id::Id;

/// Length in days above which entries are searched separately. The search of a window starts this far before it.
pub const LONG_DAYS: i64 = 31;

/// Calendar entry of a record, identified by record and role of the date.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedEntry {
    /// Role of the date, such as `ppa_start`.
    pub entry_kind: &'static str,
    /// Number within the role: 0, or the number of the milestone.
    pub position: i64,
    /// Title on the calendar.
    pub title: String,
    /// State of the record or of the milestone.
    pub status: String,
    /// Priority of the record, or empty.
    pub priority: String,
    /// Location, or empty.
    pub location: String,
    /// People of the entry.
    pub people: Vec<Id>,
    /// All-day flag. Then `start` and `end` are midnights in UTC, `end` exclusive.
    pub all_day: bool,
    /// Zone of a timed entry.
    pub timezone: String,
    /// Start.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// True if it can be moved.
    pub movable: bool,
    /// Series, when the entry covers all its occurrences; `start` and `end` are then those of the whole series.
    pub series: Option<StoredSeries>,
}

impl DatedEntry {
    /// Returns true if it is longer than [`LONG_DAYS`], as every series is.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.series.is_some() || self.end.as_second() - self.start.as_second() > LONG_DAYS * 86_400
    }
}

/// Returns midnight UTC of the day, the stored form of floating days.
#[must_use]
pub fn floating(day: Date) -> Timestamp {
    // Days are bounded by the input check; stored days never reach the fallback.
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
}

/// Returns the day of such a midnight.
#[must_use]
pub fn unfloating(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

/// Returns the stored text for the people of an entry.
#[must_use]
pub fn people_text(people: &[Id]) -> String {
    people.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Parses the stored text of people.
pub fn people_of(text: &str) -> impl Iterator<Item = Id> {
    text.split(' ').filter_map(|id| id.parse().ok())
}

/// Returns true if the state means that something does not take place or failed: it is struck through, and has
/// STATUS:CANCELLED in iCalendar.
#[must_use]
pub fn is_called_off(state: &str) -> bool {
    ["cancelled", "rejected", "withdrawn", "archived"].contains(&state)
}
