//! Start that the form of a new event begins with.

use jiff::civil::{DateTime, DateTimeRound};
use jiff::{RoundMode, Unit};

use crate::holidays::WorkingDays;

/// Hours of a working day at which an event may begin without saying so.
const HOURS: std::ops::RangeInclusive<i8> = 8..=16;
/// Hour of the morning at which it begins on another day.
const MORNING: i8 = 9;

/// Returns the next full hour, or nine o'clock of the next working day when the present one is over or is none.
#[must_use]
pub fn usual_start(now: DateTime, days: &WorkingDays) -> DateTime {
    let next = now.round(DateTimeRound::new().smallest(Unit::Hour).mode(RoundMode::Ceil)).unwrap_or(now);
    let day = next.date();
    if !days.is_working(day) || next.hour() > *HOURS.end() {
        return days.after(day, 1).at(MORNING, 0, 0, 0);
    }
    if HOURS.contains(&next.hour()) { next } else { day.at(MORNING, 0, 0, 0) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn event_begins_at_the_next_full_hour_of_the_office() {
        // Monday is a holiday.
        let days = WorkingDays::without([date(2026, 11, 30)]);
        for (now, expected) in [
            (date(2026, 11, 26).at(10, 20, 0, 0), date(2026, 11, 26).at(11, 0, 0, 0)),
            (date(2026, 11, 26).at(10, 0, 0, 0), date(2026, 11, 26).at(10, 0, 0, 0)),
            (date(2026, 11, 26).at(15, 59, 0, 0), date(2026, 11, 26).at(16, 0, 0, 0)),
            (date(2026, 11, 26).at(5, 30, 0, 0), date(2026, 11, 26).at(9, 0, 0, 0)),
            (date(2026, 11, 26).at(16, 1, 0, 0), date(2026, 11, 27).at(9, 0, 0, 0)),
            (date(2026, 11, 26).at(23, 59, 0, 0), date(2026, 11, 27).at(9, 0, 0, 0)),
            (date(2026, 11, 27).at(18, 0, 0, 0), date(2026, 12, 1).at(9, 0, 0, 0)),
            (date(2026, 11, 28).at(10, 0, 0, 0), date(2026, 12, 1).at(9, 0, 0, 0)),
        ] {
            assert_eq!(usual_start(now, &days), expected, "{now}");
        }
    }
}
