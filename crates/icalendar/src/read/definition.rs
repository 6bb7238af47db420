//! Zone definitions of a calendar (`VTIMEZONE`, RFC 5545 section 3.6.5) as time zones.
//!
//! The onsets of all observances, written or by rule, become the transitions of a zone in the form of RFC 9636, so that
//! times are converted as in any other zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use obcms_recur::{Limits, Moment, Rule, Set};

use super::rule;
use super::values::{DateOrTime, moment, offset};
use crate::property::Property;

/// Name of zones that a calendar defines. No IANA zone has it.
pub const DEFINED: &str = "x-defined";
/// Maximum observances per zone. Real zones have two, those of a careful program a few dozen.
const OBSERVANCES: usize = 500;
/// Maximum onsets per observance.
const ONSETS: usize = 500;
/// Maximum transitions of a zone.
const TRANSITIONS: usize = 20_000;
/// First year of transitions by rule. Rules of many programs begin in 1601.
const FIRST_YEAR: i16 = 1850;
/// Last year of transitions; after it, the last offset stays.
const LAST_YEAR: i16 = 2200;

/// Work that the definitions of a file may cost. Those of a careful file with every zone are within it.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Rules to expand.
    rules: usize,
    /// Transitions to keep.
    transitions: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rules: 2_000, transitions: 500_000 }
    }
}

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
    rule: Option<Rule>,
}

/// Zone by its definition.
#[derive(Clone, Debug)]
pub(crate) struct Defined {
    /// Zone with the name [`DEFINED`].
    pub zone: TimeZone,
    /// First onset: before it, the definition says little.
    pub first: Timestamp,
}

/// Change of the offset.
#[derive(Clone, Copy, Debug)]
struct Transition {
    at: i64,
    from: i32,
    to: i32,
    is_daylight: bool,
}

impl Definition {
    /// Adds an observance from its properties.
    pub fn add(&mut self, is_daylight: bool, lines: &[Property]) {
        if self.observances.len() < OBSERVANCES {
            self.observances.extend(Observance::read(is_daylight, lines));
        }
    }

    /// Returns the zone; `None` if no observance is valid.
    pub fn zone(&self, budget: &mut Budget) -> Option<Defined> {
        let mut transitions: Vec<Transition> = Vec::new();
        for observance in &self.observances {
            let room = TRANSITIONS.saturating_sub(transitions.len()).min(budget.transitions);
            let before = transitions.len();
            transitions.extend(observance.transitions(&mut budget.rules).into_iter().take(room));
            budget.transitions -= transitions.len() - before;
        }
        transitions.sort_by_key(|transition| transition.at);
        let Transition { at: first, from: before, .. } = *transitions.first()?;
        // Of two onsets at one instant, the one that is written later counts.
        transitions.reverse();
        transitions.dedup_by_key(|transition| transition.at);
        transitions.reverse();
        Some(Defined {
            zone: TimeZone::tzif(DEFINED, &tzif(before, &transitions)).ok()?,
            first: Timestamp::from_second(first).ok()?,
        })
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
        let rule = find("RRULE").and_then(|line| rule::read(line.value(), None).0.parse().ok());
        let offset_of = |name: &str| offset(find(name)?.value());
        Some(Self {
            is_daylight,
            from: offset_of("TZOFFSETFROM")?,
            to: offset_of("TZOFFSETTO")?,
            onsets,
            rule,
        })
    }

    fn instant(&self, local: DateTime) -> Option<i64> {
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second() - i64::from(self.from))
    }

    /// Returns the onsets, in no order. Those of a rule are in the local time before them, as its end in UTC is. Without
    /// rules that are `left`, the rule is not read.
    fn transitions(&self, left: &mut usize) -> Vec<Transition> {
        let mut instants: Vec<i64> = self.onsets.iter().filter_map(|local| self.instant(*local)).collect();
        if let (Some(rule), Some(start), Ok(before)) =
            (self.rule.as_ref().filter(|_| *left > 0), self.onsets.first(), Offset::from_seconds(self.from))
        {
            *left -= 1;
            let set = Set::of_rule(Moment::DateTime(*start), TimeZone::fixed(before), Some(rule.clone()));
            // Onsets are yearly: a rule that costs more has none.
            let limits = Limits { steps: 100_000, ..Limits::default() };
            let found = set.between_within(year(FIRST_YEAR), year(LAST_YEAR), TRANSITIONS, &limits);
            instants.extend(found.unwrap_or_default().iter().map(|onset| onset.start.as_second()));
        }
        let transition = |at| Transition { at, from: self.from, to: self.to, is_daylight: self.is_daylight };
        instants.into_iter().map(transition).collect()
    }
}

fn year(year: i16) -> Option<Timestamp> {
    let day = jiff::civil::Date::new(year, 1, 1).ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Returns the file of a zone (RFC 9636): version 2, with an empty part of version 1 before it.
fn tzif(before: i32, transitions: &[Transition]) -> Vec<u8> {
    let mut types: Vec<(i32, bool)> = vec![(before, false)];
    let places: Vec<u8> = transitions
        .iter()
        .map(|transition| {
            let wanted = (transition.to, transition.is_daylight);
            let place = types.iter().position(|known| *known == wanted).unwrap_or_else(|| {
                // More offsets than a file can name: the last one stands for the others.
                if types.len() < 255 {
                    types.push(wanted);
                }
                types.len() - 1
            });
            u8::try_from(place).unwrap_or(0)
        })
        .collect();
    let mut file = Vec::new();
    header(&mut file, 0, 1);
    local_time(&mut file, (before, false));
    file.extend_from_slice(b"-\0");
    header(&mut file, transitions.len(), types.len());
    for transition in transitions {
        file.extend_from_slice(&transition.at.to_be_bytes());
    }
    file.extend_from_slice(&places);
    for one in types {
        local_time(&mut file, one);
    }
    file.extend_from_slice(b"-\0\n\n");
    file
}

fn header(file: &mut Vec<u8>, transitions: usize, types: usize) {
    file.extend_from_slice(b"TZif2");
    file.extend_from_slice(&[0; 15]);
    // UTC indicators, standard indicators, leap seconds, transitions, types, letters of designations.
    for count in [0, 0, 0, transitions, types, 2] {
        file.extend_from_slice(&u32::try_from(count).unwrap_or(0).to_be_bytes());
    }
}

fn local_time(file: &mut Vec<u8>, (seconds, is_daylight): (i32, bool)) {
    file.extend_from_slice(&seconds.to_be_bytes());
    file.extend_from_slice(&[u8::from(is_daylight), 0]);
}

/// Returns true if the zone is one that a calendar defines.
pub fn is_defined(zone: &TimeZone) -> bool {
    zone.iana_name() == Some(DEFINED)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn lines(text: &str) -> Vec<Property> {
        text.lines().filter_map(Property::parse).collect()
    }

    fn defined(observances: &[(bool, &str)]) -> Option<Defined> {
        let mut definition = Definition::default();
        for (is_daylight, text) in observances {
            definition.add(*is_daylight, &lines(text));
        }
        definition.zone(&mut Budget::default())
    }

    /// Offsets in seconds at noon of the 15th of January and July.
    fn offsets(zone: &TimeZone, year: i16) -> [i32; 2] {
        [1, 7].map(|month| {
            date(year, month, 15).at(12, 0, 0, 0).to_zoned(zone.clone()).unwrap().offset().seconds()
        })
    }

    #[test]
    fn definition_holds_for_every_year() {
        let european = [
            (
                false,
                "DTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            ),
            (
                true,
                "DTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
            ),
        ];
        let defined = defined(&european).unwrap();
        assert!(is_defined(&defined.zone));
        for year in [1900, 1995, 2026, 2150] {
            assert_eq!(offsets(&defined.zone, year), [3600, 7200], "{year}");
        }
    }

    #[test]
    fn onset_may_be_a_weekday_within_days_and_end_in_utc() {
        let american = [
            (
                false,
                "DTSTART:19701101T020000\nTZOFFSETFROM:-0700\nTZOFFSETTO:-0800\nRRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU",
            ),
            (
                true,
                "DTSTART:19700308T020000\nTZOFFSETFROM:-0800\nTZOFFSETTO:-0700\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU;UNTIL=20250309T100000Z",
            ),
        ];
        let zone = defined(&american).unwrap().zone;
        assert_eq!(offsets(&zone, 2025), [-8 * 3600, -7 * 3600]);
        assert_eq!(offsets(&zone, 2026), [-8 * 3600, -8 * 3600]);
    }

    #[test]
    fn odd_offsets_and_written_onsets_are_kept() {
        let odd = "DTSTART:19700101T000000\nTZOFFSETFROM:+0817\nTZOFFSETTO:+0817";
        assert_eq!(offsets(&defined(&[(false, odd)]).unwrap().zone, 2026), [29_820, 29_820]);
        let written = "DTSTART:20100101T000000\nRDATE:20160701T000000,20260701T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0230";
        let defined = defined(&[(false, written)]).unwrap();
        assert_eq!(offsets(&defined.zone, 2009), [3600, 3600], "before the first onset");
        assert_eq!(offsets(&defined.zone, 2026), [9000, 9000]);
        assert_eq!(defined.first.as_second(), 1_262_300_400);
    }

    #[test]
    fn definition_without_observances_is_no_zone() {
        assert!(defined(&[]).is_none());
        assert!(
            defined(&[(false, "DTSTART:20100101T000000\nTZOFFSETFROM:+9900\nTZOFFSETTO:+0100")]).is_none()
        );
    }
}
