//! Working days and office hours.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Returns true if the office is open on the day.
#[must_use]
pub fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Returns the day itself or the next working day.
#[must_use]
pub fn working(day: Date) -> Date {
    let mut day = day;
    while !is_working(day) {
        day = plus(day, 1);
    }
    day
}

/// Returns the day that many days later, or earlier if negative.
#[must_use]
pub fn plus(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// Returns the number of days from one day to another, negative backwards.
#[must_use]
pub fn apart(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// Returns the instant of a local time of the office, in minutes after midnight.
#[must_use]
pub fn at(zone: &TimeZone, day: Date, minutes: i64) -> Timestamp {
    let midnight = day.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |start| start.timestamp());
    midnight.checked_add(minutes.minutes()).unwrap_or(midnight)
}

/// Returns the quarter of a day, for example `Q1`.
#[must_use]
pub fn quarter(day: Date) -> String {
    format!("Q{}", (day.month() + 2) / 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weekends_move_to_monday() {
        assert_eq!(working(date(2026, 11, 21)), date(2026, 11, 23));
        assert_eq!(working(date(2026, 11, 25)), date(2026, 11, 25));
        assert_eq!(apart(date(2026, 11, 25), date(2026, 11, 20)), -5);
        assert_eq!((quarter(date(2026, 3, 31)), quarter(date(2026, 4, 1))), ("Q1".into(), "Q2".into()));
    }
}
