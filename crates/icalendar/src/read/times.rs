//! Days and times of events: starts, ends, and the dates of a series.

use jiff::ToSpan;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::values::{self, DateOrTime};
use super::{Added, DATES, Moment, Reader, YEARS, no_date};
use crate::property::Property;

impl Reader<'_> {
    /// Returns the end: `DTEND`, the start and `DURATION`, or the default of RFC 5545 section 3.6.1.
    pub(super) fn end(
        &mut self,
        start: &Moment,
        end: Option<&Property>,
        length: Option<&Property>,
    ) -> Result<Moment, String> {
        let explicit_end = match (end, length) {
            (Some(line), _) => Some(self.moment(line, line.value()).ok_or_else(|| no_date("end", line))?),
            (None, Some(line)) => {
                let length = values::duration(line.value()).ok_or_else(|| no_date("length", line))?;
                Some(after(start, length).ok_or("Its duration is out of range.")?)
            }
            (None, None) => None,
        };
        let too_far = || "Its end is out of range.".to_owned();
        Ok(match (start, explicit_end) {
            (Moment::Day(first), explicit_end) => {
                let after_first = first.tomorrow().map_err(|_| too_far())?;
                let explicit_end = match explicit_end {
                    // An end with a time includes its day, unless it is midnight.
                    Some(Moment::Time(time)) if time.time() != Time::midnight() => {
                        time.date().tomorrow().map_err(|_| too_far())?
                    }
                    Some(explicit_end) => explicit_end.date(),
                    None => after_first,
                };
                Moment::Day(explicit_end.max(after_first))
            }
            (Moment::Time(start), Some(Moment::Day(day))) => {
                let midnight = day.to_zoned(start.time_zone().clone()).map_err(|_| too_far())?;
                Moment::Time(midnight.max(start.clone()))
            }
            (Moment::Time(start), Some(Moment::Time(end))) => Moment::Time(end.max(start.clone())),
            (Moment::Time(_), None) => start.clone(),
        })
    }

    /// Parses a value of a property as a day or a time in its zone.
    pub(super) fn moment(&mut self, line: &Property, value: &str) -> Option<Moment> {
        let written = values::moment(value)?;
        let is_day = line.parameter("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"));
        let (local, offset) = match written {
            DateOrTime::Day(day) => return YEARS.contains(&day.year()).then_some(Moment::Day(day)),
            DateOrTime::Time(local, _) if !YEARS.contains(&local.year()) => return None,
            // A time that is written is meant, although the line says that it has only a date.
            DateOrTime::Time(local, _) if is_day && local.time() == Time::midnight() => {
                return Some(Moment::Day(local.date()));
            }
            DateOrTime::Time(local, offset) => (local, offset),
        };
        let zone = match (offset, line.parameter("TZID")) {
            (Some(0), _) => TimeZone::UTC,
            (Some(seconds), _) => {
                let instant = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
                let instant = instant.checked_sub(i64::from(seconds).seconds()).ok()?;
                return Some(Moment::Time(instant.to_zoned(self.zones.by_offset(seconds))));
            }
            (None, Some(name)) => {
                let resolved = self.zones.time(&name, local)?;
                if let Some(guess) = resolved.guess {
                    self.remark(self.line, &guess);
                }
                return Some(Moment::Time(resolved.time));
            }
            (None, None) => self.zones.default_zone().clone(),
        };
        // A time in a gap is moved forward by the gap; an ambiguous time means its first occurrence.
        Some(Moment::Time(local.to_zoned(zone).ok()?))
    }

    /// Parses the dates of a series with the type of its start; periods with their end.
    pub(super) fn dates(&mut self, lines: &[Property], name: &str, start: &Moment) -> Vec<Added> {
        let mut result = Vec::new();
        for line in lines.iter().filter(|line| line.is(name)) {
            // vCalendar 1.0 has semicolons between dates.
            for value in line.value().split([',', ';']) {
                if result.len() == DATES {
                    return result;
                }
                let (value, end) = match value.split_once('/') {
                    Some((value, end)) => (value, Some(end)),
                    None => (value, None),
                };
                let moment = match (start, self.moment(line, value)) {
                    (Moment::Time(first), Some(Moment::Day(day))) => day
                        .to_datetime(first.time())
                        .to_zoned(first.time_zone().clone())
                        .ok()
                        .map(Moment::Time),
                    (Moment::Day(_), Some(moment)) => {
                        Some(Moment::Day(moment.day_in(self.zones.default_zone())))
                    }
                    (_, moment) => moment,
                };
                let Some(start) = moment else { continue };
                let end = end.and_then(|end| self.end_of_period(line, &start, end));
                result.push(Added { start, end });
            }
        }
        result
    }

    /// Parses the end of a period: a time after its start, or a duration. Days have none.
    fn end_of_period(&mut self, line: &Property, start: &Moment, end: &str) -> Option<Moment> {
        let Moment::Time(from) = start else { return None };
        let end = match values::duration(end) {
            Some(length) => after(start, length),
            None => self.moment(line, end),
        };
        match end {
            Some(Moment::Time(time)) if time > *from => Some(Moment::Time(time)),
            _ => None,
        }
    }
}

fn after(start: &Moment, length: values::Duration) -> Option<Moment> {
    match start {
        Moment::Day(day) => {
            day.at(0, 0, 0, 0).checked_add(length.span()).ok()?.checked_add(length.exact).ok().map(|end| {
                // An all-day event that ends within a day includes that day.
                let rest = i32::from(end.time() != Time::midnight());
                Moment::Day(end.date().saturating_add(rest.days()))
            })
        }
        Moment::Time(time) => {
            time.checked_add(length.span()).ok()?.checked_add(length.exact).ok().map(Moment::Time)
        }
    }
}
