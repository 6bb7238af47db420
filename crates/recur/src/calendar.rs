//! Gregorian calendar arithmetic on integers: days since 1970-01-01, and seconds of local time.

use jiff::Timestamp;
use jiff::civil::{self, Weekday};
use jiff::tz::Offset;

/// Day, counted from 1970-01-01.
pub(crate) type Day = i64;
/// Second of local time, counted from 1970-01-01T00:00:00 of the same clock.
pub(crate) type Wall = i64;

pub(crate) const SECONDS_OF_DAY: i64 = 86_400;
/// Days in 400 years, after which the Gregorian calendar repeats. They are a whole number of weeks.
pub(crate) const DAYS_OF_CYCLE: i64 = 146_097;
/// Upper bound of all occurrences, exclusive: the end of the range of [`Timestamp`].
pub(crate) const END_OF_TIME: Wall = 253_402_207_200;

pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns January 1 of a year.
pub(crate) fn year_start(year: i64) -> Day {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

pub(crate) fn year_of(day: Day) -> i64 {
    // The estimate is at most one year too late.
    let estimate = 1970 + (day * 400 + 400).div_euclid(DAYS_OF_CYCLE);
    if year_start(estimate) > day { estimate - 1 } else { estimate }
}

/// Returns the day of the year, counted from 0, on which each month starts. The last element is the length of the year.
pub(crate) fn month_starts(leap: bool) -> &'static [u16; 13] {
    const COMMON: [u16; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    const LEAP: [u16; 13] = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366];
    if leap { &LEAP } else { &COMMON }
}

/// Returns the month of a day, counted from year 0.
pub(crate) fn month_of(day: Day) -> i64 {
    let year = year_of(day);
    let of_year = (day - year_start(year)) as u16;
    let starts = month_starts(is_leap(year));
    // A month is at most 31 days long, so the month is this one or the one before.
    let guess = usize::from(of_year / 31) + 1;
    let month = if guess < 12 && starts[guess] <= of_year { guess } else { guess - 1 };
    year * 12 + month as i64
}

/// Returns the first day of a month, given as months since year 0.
pub(crate) fn month_start(month: i64) -> Day {
    let year = month.div_euclid(12);
    year_start(year) + i64::from(month_starts(is_leap(year))[month.rem_euclid(12) as usize])
}

/// Returns the start of week 1 of a year: the first week with four days in the year. Monday is 0.
pub(crate) fn week_year_start(year: i64, week_start: u8) -> Day {
    let start = year_start(year);
    let into_week = i64::from((weekday_of(start) + 7 - week_start) % 7);
    if into_week <= 3 { start - into_week } else { start + 7 - into_week }
}

/// Returns the year to whose weeks a day belongs.
pub(crate) fn week_year_of(day: Day, week_start: u8) -> i64 {
    let year = year_of(day);
    if day < week_year_start(year, week_start) {
        year - 1
    } else if day >= week_year_start(year + 1, week_start) {
        year + 1
    } else {
        year
    }
}

/// Returns the weekday; Monday is 0.
pub(crate) fn weekday_of(day: Day) -> u8 {
    (day + 3).rem_euclid(7) as u8
}

pub(crate) fn weekday_number(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset() as u8
}

pub(crate) fn day_of(date: civil::Date) -> Day {
    let year = i64::from(date.year());
    year_start(year)
        + i64::from(month_starts(is_leap(year))[date.month() as usize - 1])
        + i64::from(date.day())
        - 1
}

/// Returns the local time in seconds. Fractions of a second are dropped.
pub(crate) fn wall_of(moment: civil::DateTime) -> Wall {
    day_of(moment.date()) * SECONDS_OF_DAY
        + i64::from(moment.hour()) * 3600
        + i64::from(moment.minute()) * 60
        + i64::from(moment.second())
}

/// Returns the date and time of a local time; `None` beyond the end of time.
pub(crate) fn civil_of(wall: Wall) -> Option<civil::DateTime> {
    Timestamp::from_second(wall).ok().map(|instant| Offset::UTC.to_datetime(instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_arithmetic_agrees_with_jiff() {
        let mut date = civil::date(1599, 12, 31);
        let mut expected = day_of(date);
        assert_eq!(day_of(civil::date(1970, 1, 1)), 0);
        while date < civil::date(2405, 1, 2) {
            assert_eq!(day_of(date), expected, "{date}");
            assert_eq!(year_of(expected), i64::from(date.year()), "{date}");
            assert_eq!(
                month_of(expected),
                i64::from(date.year()) * 12 + i64::from(date.month()) - 1,
                "{date}"
            );
            assert_eq!(weekday_of(expected), weekday_number(date.weekday()), "{date}");
            date = date.tomorrow().unwrap();
            expected += 1;
        }
        assert_eq!(month_start(2024 * 12 + 2), day_of(civil::date(2024, 3, 1)));
        assert_eq!(year_of(day_of(civil::date(1, 1, 1))), 1);
        assert_eq!(year_of(day_of(civil::date(9999, 12, 31))), 9999);
    }
}
