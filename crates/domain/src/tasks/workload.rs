//! Workload: remaining hours of tasks spread over working days, against the hours of a person.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::holidays::WorkingDays;

/// Hours of a working day, in hundredths.
pub const DAY: i64 = 800;

/// Longest span in days over which the hours of one task are spread.
const LONGEST: i64 = 3660;

/// Returns the Monday of the week of a day.
#[must_use]
pub fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.saturating_sub(back.days())
}

/// Returns the remaining hours of a task in hundredths: the estimate without the actual hours, or without the share
/// that the progress says is done where nobody stated hours.
#[must_use]
pub fn remaining(estimated: i64, actual: Option<i64>, progress: i64) -> i64 {
    match actual.filter(|actual| *actual > 0) {
        Some(actual) => (estimated - actual).max(0),
        None => estimated - estimated * progress.clamp(0, 100) / 100,
    }
}

/// Spreads hours evenly over the working days of a task from `today` on. Work that is overdue is due now: it is placed
/// on the first working day. Returns the hours of each day within `window`; the first part of hours that do not divide
/// evenly is larger by one hundredth.
#[must_use]
pub fn spread(
    hours: i64,
    start: Option<Date>,
    due: Date,
    today: Date,
    window: (Date, Date),
    office: &WorkingDays,
) -> Vec<(Date, i64)> {
    let first = start.map_or(today, |start| start.max(today));
    let span = first.series(1.day()).take(LONGEST.unsigned_abs().try_into().unwrap_or(usize::MAX));
    let mut days: Vec<Date> =
        span.take_while(|day| *day <= due).filter(|day| office.is_working(*day)).collect();
    if days.is_empty() {
        // Overdue, or due on a day off: all of it on the first working day.
        let from = if due < today { today } else { first };
        days.extend(from.series(1.day()).take(60).find(|day| office.is_working(*day)));
    }
    let Ok(count) = i64::try_from(days.len()) else { return Vec::new() };
    if count == 0 {
        return Vec::new();
    }
    let (part, rest) = (hours / count, hours % count);
    days.into_iter()
        .zip(0_i64..)
        .map(|(day, place)| (day, part + i64::from(place < rest)))
        .filter(|(day, hours)| *day >= window.0 && *day <= window.1 && *hours > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Wednesday 3 March 2027 is a holiday here.
    fn office() -> WorkingDays {
        WorkingDays::without([date(2027, 3, 3)])
    }

    const ALWAYS: (Date, Date) = (date(2027, 1, 1), date(2027, 12, 31));

    #[test]
    fn hours_are_spread_over_working_days() {
        let monday = date(2027, 3, 1);
        // Monday to the next Monday without Wednesday and the weekend: 5 days.
        let days = spread(1001, None, date(2027, 3, 8), monday, ALWAYS, &office());
        let hours: Vec<i64> = days.iter().map(|(_, hours)| *hours).collect();
        assert_eq!(hours, [201, 200, 200, 200, 200]);
        assert_eq!(days.iter().map(|(day, _)| day.day()).collect::<Vec<_>>(), [1, 2, 4, 5, 8]);
        let later = spread(800, Some(date(2027, 3, 4)), date(2027, 3, 5), monday, ALWAYS, &office());
        assert_eq!(later, [(date(2027, 3, 4), 400), (date(2027, 3, 5), 400)]);
    }

    #[test]
    fn overdue_work_is_due_now() {
        let saturday = date(2027, 3, 6);
        assert_eq!(
            spread(500, None, date(2027, 2, 1), saturday, ALWAYS, &office()),
            [(date(2027, 3, 8), 500)]
        );
        assert_eq!(
            spread(500, None, date(2027, 3, 7), saturday, ALWAYS, &office()),
            [(date(2027, 3, 8), 500)]
        );
    }

    #[test]
    fn nothing_is_lost_or_made() {
        for hours in [0, 1, 7, 799, 12_345] {
            for length in 0..40_i64 {
                let due = date(2027, 3, 1).saturating_add(length.days());
                let days = spread(hours, None, due, date(2027, 3, 1), ALWAYS, &office());
                assert_eq!(days.iter().map(|(_, hours)| hours).sum::<i64>(), hours);
                assert!(days.iter().all(|(day, _)| office().is_working(*day)));
            }
        }
    }

    #[test]
    fn remaining_hours_follow_hours_or_progress() {
        assert_eq!(remaining(1000, Some(400), 90), 600);
        assert_eq!(remaining(1000, Some(1400), 90), 0);
        assert_eq!(remaining(1000, None, 25), 750);
        assert_eq!(remaining(1000, Some(0), 25), 750);
        assert_eq!(monday(date(2027, 3, 7)), date(2027, 3, 1));
        assert_eq!(monday(date(2027, 3, 1)), date(2027, 3, 1));
    }
}
