//! Dates and times as people write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// First and last valid year of a date.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Parses a start or an end: an instant with offset, a local date-time in the zone, or a day when `all_day`.
pub fn moment(text: &str, all_day: bool, zone: &TimeZone) -> Result<Timestamp, (&'static str, String)> {
    if all_day {
        let day = match text.len() {
            10 => parse_date(text)?,
            _ => local_day(text, zone)?,
        };
        return day
            .to_zoned(zone.clone())
            .map(|start| start.timestamp())
            .map_err(|_| ("range", "This date is out of range.".to_owned()));
    }
    let expected =
        || ("type", "Must be a date and time like 2027-01-25T09:00:00+08:00 or 2027-01-25T09:00.".to_owned());
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

fn local_day(text: &str, zone: &TimeZone) -> Result<Date, (&'static str, String)> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.to_zoned(zone.clone()).date());
    }
    let local: DateTime = text.parse().map_err(|_| date_error())?;
    if YEARS.contains(&local.year()) { Ok(local.date()) } else { Err(year_error()) }
}

pub(crate) fn date_error() -> (&'static str, String) {
    ("type", "Must be an existing date like 2027-01-25.".to_owned())
}

pub(crate) fn year_error() -> (&'static str, String) {
    ("range", format!("Must be a year from {} to {}.", YEARS.start(), YEARS.end()))
}

/// Parses a day written `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Result<Date, (&'static str, String)> {
    if text.len() != 10 {
        return Err(date_error());
    }
    let date: Date = text.parse().map_err(|_| date_error())?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(year_error()) }
}

/// Parses a time of 24 hours, such as `09:00`.
#[must_use]
pub fn parse_time(text: &str) -> Option<Time> {
    (text.len() == 5).then(|| strtime::parse("%H:%M", text).ok()?.to_time().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_digits_each() {
        assert_eq!(parse_time("09:30"), Some(Time::constant(9, 30, 0, 0)));
        for wrong in ["9:30", "24:00", "09:60", "noon!", "0930", "09:3"] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }
}
