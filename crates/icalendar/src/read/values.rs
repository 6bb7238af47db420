//! Dates, times and durations in all their spellings (RFC 5545 sections 3.3.4 to 3.3.6 and 3.3.14).

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span};

/// Date or time as written, before its zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateOrTime {
    /// `20270125`.
    Day(Date),
    /// `20270125T090000`, with its offset in seconds if present: `Z`, or `+0800` against the RFC.
    Time(DateTime, Option<i32>),
}

/// Duration: days are calendar days, the rest is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    pub days: i32,
    pub exact: SignedDuration,
}

impl Duration {
    /// Returns the days as a span.
    pub fn span(self) -> Span {
        Span::new().days(self.days)
    }
}

/// Parses a number with an exact count of digits from the start.
fn digits(text: &mut &str, count: usize) -> Option<i16> {
    let (number, rest) = text.split_at_checked(count)?;
    *text = rest;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
}

fn date(text: &mut &str) -> Option<Date> {
    let separated = text.as_bytes().get(4) == Some(&b'-');
    let year = digits(text, 4)?;
    let skip = |text: &mut &str| *text = text.strip_prefix('-').filter(|_| separated).unwrap_or(text);
    skip(text);
    let month = i8::try_from(digits(text, 2)?).ok()?;
    skip(text);
    let day = i8::try_from(digits(text, 2)?).ok()?;
    Date::new(year, month, day).ok()
}

/// Parses a date or date-time; also with hyphens and colons, which some programs write.
pub(super) fn moment(text: &str) -> Option<DateOrTime> {
    let mut rest = text.trim();
    let day = date(&mut rest)?;
    let Some(after) = rest.strip_prefix(['T', 't', ' ']) else {
        return rest.is_empty().then_some(DateOrTime::Day(day));
    };
    rest = after;
    let hour = digits(&mut rest, 2)?;
    let skip = |text: &mut &str| *text = text.strip_prefix(':').unwrap_or(text);
    skip(&mut rest);
    let minute = digits(&mut rest, 2)?;
    skip(&mut rest);
    // Some programs omit seconds; 60 is a leap second.
    let second =
        if rest.starts_with(|letter: char| letter.is_ascii_digit()) { digits(&mut rest, 2)? } else { 0 };
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    }
    let offset = match rest {
        "" => None,
        "Z" | "z" => Some(0),
        other => Some(offset(other)?),
    };
    let part = |number: i16| i8::try_from(number).ok();
    // Some programs write midnight at the end of a day as hour 24.
    let (day, hour) =
        if hour == 24 && minute == 0 && second == 0 { (day.tomorrow().ok()?, 0) } else { (day, hour) };
    let time = Time::new(part(hour)?, part(minute)?, part(second)?.min(59), 0).ok()?;
    Some(DateOrTime::Time(day.to_datetime(time), offset))
}

/// Parses an offset from UTC in seconds: `+0800`, `-03:30`, `+005314`.
pub(super) fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.trim().split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let plain = rest.replace(':', "");
    let mut rest = plain.as_str();
    let hours = i32::from(digits(&mut rest, 2)?);
    let minutes = if rest.is_empty() { 0 } else { i32::from(digits(&mut rest, 2)?) };
    let seconds = if rest.is_empty() { 0 } else { i32::from(digits(&mut rest, 2)?) };
    let total = hours * 3600 + minutes * 60 + seconds;
    (rest.is_empty() && minutes < 60 && seconds < 60 && total < 26 * 3600).then_some(sign * total)
}

/// Parses a duration: `P1W`, `P1DT2H30M`, `-PT15M`; at most a hundred years.
pub(super) fn duration(text: &str) -> Option<Duration> {
    const LONGEST: i64 = 36_525;
    let text = text.trim().to_ascii_uppercase();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let mut rest = rest.strip_prefix('P')?;
    let (mut days, mut seconds, mut in_time, mut parts) = (0_i64, 0_i64, false, 0);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            (rest, in_time) = (after, true);
            continue;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let number: i64 = rest[..end].parse().ok()?;
        let (unit, after) = rest[end..].split_at_checked(1)?;
        let each = match (unit, in_time) {
            ("W", false) => 7,
            ("H", true) => 3600,
            ("M", true) => 60,
            ("D", false) | ("S", true) => 1,
            _ => return None,
        };
        let amount = number.checked_mul(each)?;
        let total = if in_time { &mut seconds } else { &mut days };
        *total = total.checked_add(amount)?;
        (rest, parts) = (after, parts + 1);
    }
    if parts == 0 || days > LONGEST || seconds / 86_400 > LONGEST {
        return None;
    }
    Some(Duration {
        days: i32::try_from(days).ok()? * sign,
        exact: SignedDuration::from_secs(seconds * i64::from(sign)),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn dates_and_times_are_parsed_in_every_spelling() {
        let nine = day(2027, 1, 25).at(9, 5, 0, 0);
        for (text, expected) in [
            ("20270125", DateOrTime::Day(day(2027, 1, 25))),
            ("2027-01-25", DateOrTime::Day(day(2027, 1, 25))),
            ("20270125T090500", DateOrTime::Time(nine, None)),
            ("20270125T0905", DateOrTime::Time(nine, None)),
            ("20270125T090500Z", DateOrTime::Time(nine, Some(0))),
            ("2027-01-25T09:05:00.000Z", DateOrTime::Time(nine, Some(0))),
            ("2027-01-25T09:05:00+08:00", DateOrTime::Time(nine, Some(28_800))),
            ("20270125T240000", DateOrTime::Time(day(2027, 1, 26).at(0, 0, 0, 0), None)),
            ("20270125T235960", DateOrTime::Time(day(2027, 1, 25).at(23, 59, 59, 0), None)),
        ] {
            assert_eq!(moment(text), Some(expected), "{text}");
        }
        for wrong in [
            "",
            "2027",
            "20270230",
            "20271301",
            "20270125T",
            "20270125T99",
            "20270125X",
            "20270125T250000",
            "20270125T096000",
            "tomorrow",
            "２０２７0125",
        ] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_are_parsed() {
        let exact = |seconds| SignedDuration::from_secs(seconds);
        assert_eq!(duration("PT1H30M"), Some(Duration { days: 0, exact: exact(5400) }));
        assert_eq!(duration("P1W"), Some(Duration { days: 7, exact: exact(0) }));
        assert_eq!(duration("-P1DT1S"), Some(Duration { days: -1, exact: exact(-1) }));
        for wrong in ["", "P", "PT", "1H", "P1H", "PT1D", "P99999999999999999999D", "P9999999D", "PT1"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn offsets_are_parsed() {
        assert_eq!(offset("+0800"), Some(28_800));
        assert_eq!(offset("-03:30"), Some(-12_600));
        assert_eq!(offset("+005314"), Some(3194));
        for wrong in ["", "0800", "+8", "+0860", "+9900", "+08000"] {
            assert_eq!(offset(wrong), None, "{wrong}");
        }
    }
}
