//! Calendar entries, series and scheduling.

pub mod actions;
pub mod scheduling;
pub mod series;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar::series::StoredSeries;
use crate::core::id::Id;

/// Entries longer than this are searched by themselves, as the search of a window starts this far before it.
pub const LONG_DAYS: i64 = 31;

/// One dated thing of one record: the object and the role of the date make it unique.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedEntry {
    /// Role of the date: `ppa_start`.
    pub entry_kind: &'static str,
    /// Counts within the role: 0, or the number of the milestone.
    pub position: i64,
    /// What stands in the calendar.
    pub title: String,
    /// State of the record or of the milestone.
    pub status: String,
    /// Priority of the record, or empty.
    pub priority: String,
    /// Where it is, or empty.
    pub location: String,
    /// Who is on it.
    pub people: Vec<Id>,
    /// Days, not times. Then `start` and `end` are midnights in UTC of the days, `end` exclusive.
    pub all_day: bool,
    /// Zone of a timed entry.
    pub timezone: String,
    /// Start.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// May be moved.
    pub movable: bool,
    /// The series, when this stands for all its dates: then `start` and `end` are those of the whole series.
    pub series: Option<StoredSeries>,
}

impl DatedEntry {
    /// Whether it lasts longer than [`LONG_DAYS`], as every series does.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.series.is_some() || self.end.as_second() - self.start.as_second() > LONG_DAYS * 86_400
    }
}

/// Midnight of the day in UTC: how days without a zone are kept.
#[must_use]
pub fn floating(day: Date) -> Timestamp {
    // Days are bounded by the input check; the fallback is never reached with stored ones.
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
}

/// The day of such a midnight.
#[must_use]
pub fn unfloating(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

/// The people of an entry as the table keeps them.
#[must_use]
pub fn people_text(people: &[Id]) -> String {
    people.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The people of such a text.
pub fn people_of(text: &str) -> impl Iterator<Item = Id> {
    text.split(' ').filter_map(|id| id.parse().ok())
}

/// Whether a state says that a thing will not take place, or came to nothing: it is struck through, and cancelled for
/// other programs.
#[must_use]
pub fn is_called_off(state: &str) -> bool {
    ["cancelled", "rejected", "withdrawn", "archived"].contains(&state)
}
