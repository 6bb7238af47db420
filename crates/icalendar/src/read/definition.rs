//! Zone definitions of a calendar (`VTIMEZONE`, RFC 5545 section 3.6.5), matched to IANA zones with the same offsets.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::values::{DateOrTime, moment, numbered_weekday, offset};
use super::windows;
use crate::property::Property;

/// Maximum observances per zone. Real zones have two, those of a careful program a few dozen.
const OBSERVANCES: usize = 500;
/// Maximum onsets per observance.
const ONSETS: usize = 500;
/// Years for the comparison of zones.
const SAMPLED_YEARS: std::ops::RangeInclusive<i16> = 2024..=2027;

/// Zone definition of a calendar.
#[derive(Debug, Default)]
pub(crate) struct Definition {
    observances: Vec<Observance>,
}

/// Observance: the offset is `to` from its onsets on.
#[derive(Debug)]
struct Observance {
    is_daylight: bool,
    from: i32,
    to: i32,
    onsets: Vec<DateTime>,
    yearly: Option<Yearly>,
}

/// Yearly onset: a month with a weekday or a day in it.
#[derive(Debug)]
struct Yearly {
    month: i8,
    day: Day,
    last: DateTime,
}

#[derive(Debug)]
enum Day {
    /// N-th weekday: 2 for the second Sunday, -1 for the last.
    Weekday(i8, jiff::civil::Weekday),
    /// Weekday within seven days: the Sunday among days eight to fourteen.
    WeekdayWithin(jiff::civil::Weekday, i8),
    OfMonth(i8),
}

impl Definition {
    /// Adds an observance from its properties.
    pub fn add(&mut self, is_daylight: bool, lines: &[Property]) {
        if self.observances.len() < OBSERVANCES {
            self.observances.extend(Observance::read(is_daylight, lines));
        }
    }

    /// Returns the offset from UTC in seconds at an instant.
    pub fn offset_at(&self, instant: Timestamp) -> Option<i32> {
        let latest = self
            .observances
            .iter()
            .filter_map(|observance| Some((observance.latest_onset(instant)?, observance.to)))
            .max_by_key(|(onset, _)| *onset);
        match latest {
            Some((_, to)) => Some(to),
            // Before the first onset, the offset is the one that the onset changes.
            None => self
                .observances
                .iter()
                .min_by_key(|observance| observance.onsets.first().copied())
                .map(|observance| observance.from),
        }
    }

    /// Returns a zone with the same offsets: the fallback if it matches, else a common one.
    pub fn known_zone(&self, fallback: &TimeZone) -> Option<TimeZone> {
        let samples = self.samples();
        let mut wanted = Vec::with_capacity(samples.len());
        for instant in &samples {
            wanted.push(self.offset_at(*instant)?);
        }
        let keeps = |zone: &TimeZone| {
            samples
                .iter()
                .zip(&wanted)
                .all(|(instant, seconds)| zone.to_offset(*instant).seconds() == *seconds)
        };
        let usual = windows::usual_zones().filter_map(|name| TimeZone::get(name).ok());
        std::iter::once(fallback.clone()).chain(usual).find(keeps)
    }

    /// Returns the instants for the comparison, in years in which most zones had no changes: noon of every week, and
    /// the seconds around each onset.
    fn samples(&self) -> Vec<Timestamp> {
        let mut result = Vec::new();
        for year in SAMPLED_YEARS {
            let noon = date(year, 1, 1).at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
            let weeks = |week: i64| noon.clone().ok()?.checked_add(week.weeks()).ok();
            result.extend((0..52).filter_map(weeks).map(|noon| noon.timestamp()));
            for observance in &self.observances {
                if let Some(onset) = observance.onset_in(year).and_then(|local| observance.utc_seconds(local))
                {
                    result.extend(
                        [onset - 1, onset]
                            .into_iter()
                            .filter_map(|second| Timestamp::from_second(second).ok()),
                    );
                }
            }
        }
        result
    }

    /// Returns the offset of standard time.
    pub fn standard_offset(&self) -> Option<i32> {
        let standard = self.observances.iter().rfind(|observance| !observance.is_daylight);
        standard.or(self.observances.last()).map(|observance| observance.to)
    }
}

impl Observance {
    fn read(is_daylight: bool, lines: &[Property]) -> Option<Self> {
        let find = |name: &str| lines.iter().find(|line| line.is(name));
        let local = |text: &str| match moment(text)? {
            DateOrTime::Time(local, _) => Some(local),
            DateOrTime::Day(day) => Some(day.at(0, 0, 0, 0)),
        };
        let start = local(find("DTSTART")?.value())?;
        let mut onsets = vec![start];
        for line in lines.iter().filter(|line| line.is("RDATE")) {
            let room = ONSETS.saturating_sub(onsets.len());
            onsets.extend(line.value().split(',').filter_map(local).take(room));
        }
        let from = offset(find("TZOFFSETFROM")?.value())?;
        let yearly = find("RRULE").and_then(|line| Yearly::read(line.value(), start, from));
        Some(Self { is_daylight, from, to: offset(find("TZOFFSETTO")?.value())?, onsets, yearly })
    }

    fn utc_seconds(&self, local: DateTime) -> Option<i64> {
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second() - i64::from(self.from))
    }

    /// Returns the onset in a year by the rule.
    fn onset_in(&self, year: i16) -> Option<DateTime> {
        let yearly = self.yearly.as_ref()?;
        let start = self.onsets.first()?;
        let onset = yearly.day_in(year)?.to_datetime(start.time());
        (*start <= onset && onset <= yearly.last).then_some(onset)
    }

    /// Returns the last onset up to the instant, in UTC seconds.
    fn latest_onset(&self, instant: Timestamp) -> Option<i64> {
        let year = instant.to_zoned(TimeZone::UTC).year();
        // After the end of a rule, its last onset stays in force.
        let ended = self.yearly.as_ref().map_or(year, |yearly| yearly.last.year().min(year));
        let of_years =
            [ended - 1, ended, year - 1, year, year + 1].into_iter().filter_map(|year| self.onset_in(year));
        let onsets = self.onsets.iter().copied().chain(of_years);
        onsets.filter_map(|local| self.utc_seconds(local)).filter(|onset| *onset <= instant.as_second()).max()
    }
}

impl Yearly {
    fn read(rule: &str, start: DateTime, from: i32) -> Option<Self> {
        let rule = rule.to_ascii_uppercase();
        let part = |name: &str| {
            rule.split(';')
                .filter_map(|part| part.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        if part("FREQ")? != "YEARLY" || part("INTERVAL").is_some_and(|interval| interval != "1") {
            return None;
        }
        let month = part("BYMONTH").map_or(Some(start.month()), |month| month.parse().ok())?;
        let days = part("BYMONTHDAY");
        let first_of_days = || days.and_then(|days| days.split(',').next()).map(str::parse::<i8>);
        let day = match part("BYDAY").map(numbered_weekday) {
            Some(weekday) => match (weekday?, first_of_days()) {
                ((None, weekday), Some(day)) => Day::WeekdayWithin(weekday, day.ok()?),
                ((number, weekday), _) => {
                    Day::Weekday(number.map_or(Some(1), |number| i8::try_from(number.get()).ok())?, weekday)
                }
            },
            None => Day::OfMonth(first_of_days().map_or(Ok(start.day()), |day| day).ok()?),
        };
        let last = match part("UNTIL").and_then(moment) {
            // The end of a rule is in UTC; its onsets are in the local time before them.
            Some(DateOrTime::Time(last, Some(_))) => last.checked_add(i64::from(from).seconds()).ok()?,
            Some(DateOrTime::Time(last, None)) => last,
            Some(DateOrTime::Day(day)) => day.at(23, 59, 59, 0),
            None => DateTime::MAX,
        };
        Some(Self { month, day, last })
    }

    fn day_in(&self, year: i16) -> Option<Date> {
        let first = Date::new(year, self.month, 1).ok()?;
        match self.day {
            Day::Weekday(number, weekday) => first.nth_weekday_of_month(number, weekday).ok(),
            Day::WeekdayWithin(weekday, day) => {
                let from = Date::new(year, self.month, day).ok()?;
                from.yesterday().ok()?.nth_weekday(1, weekday).ok()
            }
            Day::OfMonth(day) => Date::new(year, self.month, day).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Property> {
        text.lines().filter_map(Property::parse).collect()
    }

    fn fallback() -> TimeZone {
        TimeZone::get("Asia/Manila").unwrap()
    }

    fn known(observances: &[(bool, &str)]) -> Option<String> {
        let mut definition = Definition::default();
        for (is_daylight, text) in observances {
            definition.add(*is_daylight, &lines(text));
        }
        definition.known_zone(&fallback()).and_then(|zone| zone.iana_name().map(str::to_owned))
    }

    #[test]
    fn custom_zone_is_recognized_by_its_offsets() {
        let plain = "DTSTART:19700101T000000\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0800";
        assert_eq!(known(&[(false, plain)]).as_deref(), Some("Asia/Manila"));
        let american = [
            (
                false,
                "DTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
            ),
            (
                true,
                "DTSTART:20070311T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
            ),
        ];
        assert_eq!(known(&american).as_deref(), Some("America/New_York"));
        let european = [
            (
                false,
                "DTSTART:19701025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            ),
            (
                true,
                "DTSTART:19700329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
            ),
        ];
        assert_eq!(known(&european).as_deref(), Some("Europe/Berlin"));
    }

    #[test]
    fn onset_may_be_a_weekday_within_a_range() {
        let american = [
            (
                false,
                "DTSTART:19701101T020000\nTZOFFSETFROM:-0700\nTZOFFSETTO:-0800\nRRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU",
            ),
            (
                true,
                "DTSTART:19700308T020000\nTZOFFSETFROM:-0800\nTZOFFSETTO:-0700\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU",
            ),
        ];
        assert_eq!(known(&american).as_deref(), Some("America/Los_Angeles"));
    }

    #[test]
    fn ended_rule_has_no_further_onsets() {
        let ended = [
            (
                true,
                "DTSTART:19780322T000000\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0900\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=22;UNTIL=19780321T160000Z",
            ),
            (false, "DTSTART:19780921T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0800"),
        ];
        assert_eq!(known(&ended).as_deref(), Some("Asia/Manila"));
    }

    #[test]
    fn unmatched_zone_is_identified_by_its_offset() {
        let mut odd = Definition::default();
        odd.add(false, &lines("DTSTART:19700101T000000\nTZOFFSETFROM:+0817\nTZOFFSETTO:+0817"));
        assert!(odd.known_zone(&fallback()).is_none());
        assert_eq!(odd.standard_offset(), Some(8 * 3600 + 17 * 60));
        assert_eq!(Definition::default().standard_offset(), None);
        assert!(Definition::default().known_zone(&fallback()).is_none());
    }
}
