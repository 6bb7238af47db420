//! Dates and times as people write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::core::message::Message;
use crate::message;

/// First and last valid year of a date.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Parses a start or an end: an instant with offset, a local date-time in the zone, or a day when `all_day`.
pub fn moment(text: &str, all_day: bool, zone: &TimeZone) -> Result<Timestamp, (&'static str, Message)> {
    if all_day {
        let day = match text.len() {
            10 => parse_date(text)?,
            _ => local_day(text, zone)?,
        };
        return day
            .to_zoned(zone.clone())
            .map(|start| start.timestamp())
            .map_err(|_| ("range", "This date is out of range.".into()));
    }
    let expected =
        || ("type", "Must be a date and time like 2027-01-25T09:00:00+08:00 or 2027-01-25T09:00.".into());
    let instant = match text.parse::<Timestamp>() {
        Ok(instant) => instant,
        Err(_) => {
            let local: DateTime = text.parse().map_err(|_| expected())?;
            if text.len() < 16 {
                return Err(expected());
            }
            // RFC 5545, 3.3.5: a time in a gap is read with the offset before it, a repeated one is the first.
            zone.to_ambiguous_timestamp(local).compatible().map_err(|_| expected())?
        }
    };
    let year = instant.to_zoned(zone.clone()).year();
    if YEARS.contains(&year) { Ok(instant) } else { Err(year_error()) }
}

fn local_day(text: &str, zone: &TimeZone) -> Result<Date, (&'static str, Message)> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.to_zoned(zone.clone()).date());
    }
    let local: DateTime = text.parse().map_err(|_| date_error())?;
    if YEARS.contains(&local.year()) { Ok(local.date()) } else { Err(year_error()) }
}

pub(crate) fn date_error() -> (&'static str, Message) {
    ("type", "Must be an existing date like 2027-01-25.".into())
}

pub(crate) fn year_error() -> (&'static str, Message) {
    ("range", message!("Must be a year from {start} to {end}.", start = *YEARS.start(), end = *YEARS.end()))
}

/// Parses a day written `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<Date, (&'static str, Message)> {
    if text.len() != 10 {
        return Err(date_error());
    }
    let date: Date = text.parse().map_err(|_| date_error())?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(year_error()) }
}

/// Full names of the months; the first three letters of each are its short name.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Full names of the days of the week.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Returns the name of a day of the week for a sentence.
#[must_use]
pub const fn weekday_label(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// Parses a day as people write it: `2027-01-25`, `25 Jan 2027`, `Mon, January 25, 2027`, `1/25/2027` (month first).
///
/// Returns nothing for another text, for a day that does not exist and for a year of two digits.
#[must_use]
pub fn written_date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = parse_date(text) {
        return Some(date);
    }
    let mut words: Vec<&str> = text
        .split(|character: char| character.is_whitespace() || [',', '/', '-'].contains(&character))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    if words.len() == 4 && position_of(&WEEKDAYS, words[0]).is_some() {
        words.remove(0);
    }
    let &[first, second, third] = words.as_slice() else { return None };
    let (year, month, day) = match (position_of(&MONTHS, first), position_of(&MONTHS, second)) {
        (Some(month), _) => (third, month, second.parse().ok()?),
        (_, Some(month)) => (third, month, first.parse().ok()?),
        _ if !text.contains('/') => return None,
        _ if first.len() == 4 => (first, second.parse().ok()?, third.parse().ok()?),
        _ => (third, first.parse().ok()?, second.parse().ok()?),
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month, day).ok().filter(|date| YEARS.contains(&date.year()))
}

/// Returns the number, from 1, of the name that a word of at least three letters begins.
fn position_of(names: &[&str], word: &str) -> Option<i8> {
    let word = word.to_ascii_lowercase();
    let position = names.iter().position(|name| word.len() >= 3 && name.starts_with(&word))?;
    i8::try_from(position + 1).ok()
}

/// Parses a local date and time as people write it: a day as in [`written_date`], then `14:30`, `14:30:00` or
/// `2:30 PM`. Returns nothing for a day alone.
#[must_use]
pub fn written_moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if text.len() >= 16
        && let Ok(moment) = text.parse::<DateTime>()
    {
        return YEARS.contains(&moment.year()).then_some(moment);
    }
    let lower = text.to_ascii_lowercase();
    let (rest, afternoon) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(false)),
        (_, Some(rest)) => (rest, Some(true)),
        _ => (lower.as_str(), None),
    };
    let (day, time) = rest.trim_end().rsplit_once([' ', 't'])?;
    let mut parts = time.split(':');
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = parts.next().map_or(Some(0), |second| second.parse().ok())?;
    let hour = match afternoon {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(is_afternoon) => hour % 12 + if is_afternoon { 12 } else { 0 },
        None => hour,
    };
    let time = Time::new(hour, minute, second, 0).ok().filter(|_| parts.next().is_none())?;
    Some(written_date(day.trim_end().trim_end_matches(','))?.to_datetime(time))
}

/// Parses a time of 24 hours, such as `09:00`.
#[must_use]
pub fn parse_time(text: &str) -> Option<Time> {
    (text.len() == 5).then(|| strtime::parse("%H:%M", text).ok()?.to_time().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_parsed_as_people_write_them() {
        for text in [
            "2026-12-15",
            "15 Dec 2026",
            "15 December 2026",
            "15-Dec-2026",
            "Dec 15, 2026",
            "Dec. 15 2026",
            "Tuesday, December 15, 2026",
            "Tue 15 Dec 2026",
            "12/15/2026",
            "2026/12/15",
            " 15 dec 2026 ",
        ] {
            assert_eq!(written_date(text), Some(date(2026, 12, 15)), "{text}");
        }
        assert_eq!(written_date("1/2/2027"), Some(date(2027, 1, 2)), "month first");
        for text in [
            "",
            "15/12/2026",
            "12/15/26",
            "15.12.2026",
            "15-12-2026",
            "30 Feb 2026",
            "Dec 2026",
            "soon",
            "15 De 2026",
            "15 Dec 1700",
            "20261215",
        ] {
            assert_eq!(written_date(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_parsed_as_people_write_them() {
        let half_past_two = date(2026, 12, 15).at(14, 30, 0, 0);
        for text in [
            "2026-12-15T14:30:00",
            "2026-12-15 14:30",
            "15 Dec 2026 2:30 PM",
            "Dec 15, 2026, 2:30pm",
            "12/15/2026 14:30",
        ] {
            assert_eq!(written_moment(text), Some(half_past_two), "{text}");
        }
        assert_eq!(written_moment("12/15/2026 12:05 AM"), Some(date(2026, 12, 15).at(0, 5, 0, 0)));
        assert_eq!(written_moment("12/15/2026 12:05 PM"), Some(date(2026, 12, 15).at(12, 5, 0, 0)));
        for text in ["2026-12-15", "14:30", "12/15/2026 25:00", "12/15/2026 13:00 PM", "12/15/2026 1:2:3:4"] {
            assert_eq!(written_moment(text), None, "{text}");
        }
    }

    #[test]
    fn times_have_two_digits_each() {
        assert_eq!(parse_time("09:30"), Some(Time::constant(9, 30, 0, 0)));
        for wrong in ["9:30", "24:00", "09:60", "noon!", "0930", "09:3"] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }
}
