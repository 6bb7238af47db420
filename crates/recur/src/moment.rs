//! Moments: dates, and date-times in the zone of a set.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{self, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::calendar::{self, Wall};
use crate::error::MomentError;

/// Start, exclusion or addition: a date, or a date-time in the zone of the set.
///
/// The text form is `2027-01-25` or `2027-01-25T09:00:00`. The parser also accepts the forms of RFC 5545, `20270125`
/// and `20270125T090000`. Fractions of a second are dropped when parsed, and ignored in every calculation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Whole day.
    Date(civil::Date),
    /// Local time in the zone of the set.
    DateTime(civil::DateTime),
}

impl Moment {
    /// Returns true if it is a whole day.
    pub fn is_date(self) -> bool {
        matches!(self, Moment::Date(_))
    }

    /// Returns the day.
    pub fn date(self) -> civil::Date {
        match self {
            Moment::Date(date) => date,
            Moment::DateTime(moment) => moment.date(),
        }
    }

    /// Returns the date-time; for a date, its midnight.
    pub fn date_time(self) -> civil::DateTime {
        match self {
            Moment::Date(date) => date.to_datetime(Time::midnight()),
            Moment::DateTime(moment) => moment,
        }
    }

    /// Parses a date, a local date-time, or an instant with an offset or `Z`, which is converted to local time in
    /// `zone`.
    ///
    /// Local time does not distinguish the two occurrences of a repeated hour, so an instant in the second becomes one
    /// in the first.
    pub fn read(text: &str, zone: &TimeZone) -> Result<Moment, MomentError> {
        if let Ok(moment) = text.parse() {
            return Ok(moment);
        }
        let instant = read_instant(text).ok_or_else(|| unreadable(text))?;
        Ok(Moment::at(instant, zone))
    }

    /// Returns the local time of an instant in a zone.
    pub fn at(instant: Timestamp, zone: &TimeZone) -> Moment {
        let local = zone.to_datetime(instant);
        Moment::DateTime(without_fraction(local))
    }

    /// Returns the instant of a moment in a zone (RFC 5545, 3.3.5). A local time in a gap uses the offset before the
    /// gap; an ambiguous local time means its first occurrence. A date has no zone and means midnight UTC.
    #[must_use]
    pub fn instant(self, zone: &TimeZone) -> Timestamp {
        let local = match self {
            Moment::Date(_) => None,
            Moment::DateTime(local) => zone.to_ambiguous_timestamp(local).compatible().ok(),
        };
        // Every midnight UTC of a date is an instant.
        local.unwrap_or_else(|| {
            let midnight = calendar::day_of(self.date()) * calendar::SECONDS_OF_DAY;
            Timestamp::from_second(midnight).unwrap_or(Timestamp::MAX)
        })
    }

    pub(crate) fn wall(self) -> Wall {
        match self {
            Moment::Date(date) => calendar::day_of(date) * calendar::SECONDS_OF_DAY,
            Moment::DateTime(moment) => calendar::wall_of(moment),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = match self {
            Moment::Date(date) => (*date, None),
            Moment::DateTime(moment) => (moment.date(), Some(moment.time())),
        };
        let Ok(year @ 0..=9999) = u16::try_from(date.year()) else {
            return match time {
                Some(time) => write!(out, "{}", without_fraction(date.to_datetime(time))),
                None => write!(out, "{date}"),
            };
        };
        // Written digit by digit for speed: a month of many series formats thousands of dates.
        let mut text = *b"0000-00-00T00:00:00";
        let mut pair = |position: usize, number: u16| {
            text[position] = b'0' + (number / 10 % 10) as u8;
            text[position + 1] = b'0' + (number % 10) as u8;
        };
        let number = |number: i8| u16::from(number.unsigned_abs());
        pair(0, year / 100);
        pair(2, year % 100);
        pair(5, number(date.month()));
        pair(8, number(date.day()));
        if let Some(time) = time {
            pair(11, number(time.hour()));
            pair(14, number(time.minute()));
            pair(17, number(time.second()));
        }
        let length = if time.is_some() { text.len() } else { 10 };
        out.write_str(str::from_utf8(&text[..length]).unwrap_or_default())
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Moment, MomentError> {
        read_basic(text).or_else(|| read_extended(text)).ok_or_else(|| unreadable(text))
    }
}

fn unreadable(text: &str) -> MomentError {
    let shown: String = text.chars().take(40).collect();
    MomentError(format!(
        "“{shown}” is neither a date (2027-01-25) nor a date with a time (2027-01-25T09:00:00)"
    ))
}

fn without_fraction(moment: civil::DateTime) -> civil::DateTime {
    if moment.subsec_nanosecond() == 0 {
        return moment;
    }
    moment.with().subsec_nanosecond(0).build().unwrap_or(moment)
}

/// Parses `20270125` and `20270125T090000`.
pub(crate) fn read_basic(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let date = bytes.get(..8)?;
    let (year, month, day) = (number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?);
    let date = date_of(year, month, day)?;
    match bytes.get(8..)? {
        [] => Some(Moment::Date(date)),
        [b'T' | b't', time @ ..] if time.len() == 6 => {
            let time = time_of(number(&time[..2])?, number(&time[2..4])?, number(&time[4..])?)?;
            Some(Moment::DateTime(date.to_datetime(time)))
        }
        _ => None,
    }
}

/// Parses `2027-01-25` and `2027-01-25T09:00:00`, the latter also without seconds or with a fraction.
fn read_extended(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = bytes else { return None };
    let date = date_of(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
    let time = match rest {
        [] => return Some(Moment::Date(date)),
        [b'T' | b't', time @ ..] => time,
        _ => return None,
    };
    let (hour, minute, rest) = match time {
        [h1, h2, b':', m1, m2, rest @ ..] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?, rest),
        _ => return None,
    };
    let second = match rest {
        [] => 0,
        [b':', s1, s2] => number(&[*s1, *s2])?,
        [b':', s1, s2, b'.', fraction @ ..] if is_fraction(fraction) => number(&[*s1, *s2])?,
        _ => return None,
    };
    Some(Moment::DateTime(date.to_datetime(time_of(hour, minute, second)?)))
}

fn is_fraction(digits: &[u8]) -> bool {
    (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

fn number(digits: &[u8]) -> Option<i16> {
    digits
        .iter()
        .try_fold(0i16, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0')))
}

fn date_of(year: i16, month: i16, day: i16) -> Option<civil::Date> {
    // Year 0 is refused, because other calendar programs do not have it.
    let date = civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (year >= 1).then_some(date)
}

/// Returns a time; a leap second becomes the second before it.
fn time_of(hour: i16, minute: i16, second: i16) -> Option<Time> {
    let second = if second == 60 { 59 } else { second };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

/// Parses `2027-01-25T09:00:00+08:00`, `2027-01-25T01:00:00Z` and `20270125T010000Z`.
fn read_instant(text: &str) -> Option<Timestamp> {
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        let Moment::DateTime(moment) = local.parse().ok()? else { return None };
        return jiff::tz::Offset::UTC.to_timestamp(moment).ok();
    }
    // The sign of an offset is the last one, and follows the time.
    let sign = text.rfind(['+', '-']).filter(|position| *position > 10)?;
    let (local, offset) = text.split_at(sign);
    let Moment::DateTime(moment) = local.parse().ok()? else { return None };
    let (hours, minutes) = match &offset.as_bytes()[1..] {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    let seconds = if offset.starts_with('-') { -seconds } else { seconds };
    jiff::tz::Offset::from_seconds(seconds).ok()?.to_timestamp(moment).ok()
}

/// Addition to a set (`RDATE`): a start, or a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addition {
    /// Start.
    pub start: Moment,
    /// End of a period.
    pub end: Option<Moment>,
}

impl Addition {
    /// Parses `start`, `start/end` or `start/PT1H30M` as [`Moment::read`] does. A duration in hours is exact time, also
    /// across an offset transition.
    pub fn read(text: &str, zone: &TimeZone) -> Result<Addition, MomentError> {
        Addition::read_with(
            text,
            |text| Moment::read(text, zone),
            |start, length| {
                let start = zone.to_ambiguous_zoned(start).compatible().ok()?;
                start.checked_add(length).ok().map(|end| end.datetime())
            },
        )
    }

    fn read_with(
        text: &str,
        moment: impl Fn(&str) -> Result<Moment, MomentError>,
        add: impl Fn(civil::DateTime, Span) -> Option<civil::DateTime>,
    ) -> Result<Addition, MomentError> {
        let Some((start, rest)) = text.split_once('/') else {
            return Ok(Addition { start: moment(text)?, end: None });
        };
        let start = moment(start)?;
        let Moment::DateTime(begin) = start else {
            return Err(MomentError("a period needs a start with a time of day".to_owned()));
        };
        let end = if rest.starts_with(['P', 'p', '+']) {
            let length = read_duration(rest).ok_or_else(|| {
                MomentError(format!("“{}” is not a length of time such as PT1H30M", first(rest)))
            })?;
            let end = add(begin, length)
                .ok_or_else(|| MomentError("the period ends beyond the end of the calendar".to_owned()))?;
            Moment::DateTime(without_fraction(end))
        } else {
            moment(rest)?
        };
        match end {
            Moment::DateTime(_) if end > start => Ok(Addition { start, end: Some(end) }),
            Moment::DateTime(_) => Err(MomentError("the period ends before it has begun".to_owned())),
            Moment::Date(_) => Err(MomentError("a period needs an end with a time of day".to_owned())),
        }
    }
}

fn first(text: &str) -> String {
    text.chars().take(40).collect()
}

impl From<Moment> for Addition {
    fn from(start: Moment) -> Addition {
        Addition { start, end: None }
    }
}

impl fmt::Display for Addition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.start)?;
        match self.end {
            Some(end) => write!(out, "/{end}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Addition {
    type Err = MomentError;

    /// Parses `start`, `start/end` or `start/PT1H30M`. A duration is counted in local time, because the zone is not
    /// known here; [`Addition::read`] counts it exactly.
    fn from_str(text: &str) -> Result<Addition, MomentError> {
        Addition::read_with(text, Moment::from_str, |start, length| start.checked_add(length).ok())
    }
}

/// Parses a non-negative duration of RFC 5545: `P7W`, `P1DT12H`, `PT1H30M`.
fn read_duration(text: &str) -> Option<Span> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let (mut rest, mut in_time) = (text.strip_prefix(['P', 'p'])?, false);
    // Units must be in this order, each at most once.
    let units = b"WDHMS";
    let (mut next, mut seconds, mut days, mut any) = (0, 0i64, 0i64, false);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']).filter(|_| !in_time) {
            (rest, in_time) = (time, true);
            if rest.is_empty() {
                return None;
            }
            continue;
        }
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).filter(|end| (1..=5).contains(end))?;
        let amount: i64 = rest[..end].parse().ok()?;
        let unit = rest.as_bytes()[end].to_ascii_uppercase();
        let position = units.iter().position(|known| *known == unit).filter(|position| *position >= next)?;
        if in_time != (position >= 2) {
            return None;
        }
        match unit {
            b'W' => days += amount * 7,
            b'D' => days += amount,
            b'H' => seconds += amount * 3600,
            b'M' => seconds += amount * 60,
            _ => seconds += amount,
        }
        (next, any) = (position + 1, true);
        rest = &rest[end + 1..];
    }
    any.then(|| Span::new().try_days(days).ok()?.try_seconds(seconds).ok())?
}
