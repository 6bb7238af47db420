//! Zone definitions for programs that do not know the names (`VTIMEZONE`, RFC 5545 section 3.6.5).

use jiff::civil::{Date, DateTime, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use obcms_recur::weekday_name;

use super::line_writer::LineWriter;
use super::values::{Local, Utc};

/// Observance: the offset is `to` from the onset on.
#[derive(Clone, Debug, PartialEq)]
struct Observance {
    is_daylight: bool,
    /// Local time of the onset, in the offset before it.
    onset: DateTime,
    from: Offset,
    to: Offset,
    name: String,
}

/// Onsets of successive years by one rule, or a single onset.
#[derive(Debug)]
struct Group {
    observances: Vec<Observance>,
    /// Ordinals of the weekday in its month that match all onsets: 2 for the second Sunday, -1 for the last.
    numbers: Vec<i8>,
}

/// Writes the definition of a zone for the years from `first` to `last`, both inclusive.
///
/// A rule in force in the last year has no end, and so applies to later years as well.
pub fn write_zone(text: &mut LineWriter, zone: &TimeZone, name: &str, first: i16, last: i16) {
    text.plain("BEGIN", "VTIMEZONE");
    text.plain("TZID", name);
    text.plain("X-LIC-LOCATION", name);
    let begin = instant(date(first, 1, 1));
    let end = instant(date(last.saturating_add(1), 1, 1));
    let observances = observances(zone, begin, end);
    let onset = if observances.is_empty() {
        // A zone without transitions has the same text in every year.
        date(1970, 1, 1).at(0, 0, 0, 0)
    } else {
        zone.to_datetime(begin)
    };
    let initial = zone.to_offset_info(begin);
    one(
        text,
        &Observance {
            is_daylight: initial.dst().is_dst(),
            onset,
            from: initial.offset(),
            to: initial.offset(),
            name: initial.abbreviation().to_owned(),
        },
        None,
    );
    for group in groups(observances) {
        let (Some(begun), Some(ended)) = (group.observances.first(), group.observances.last()) else {
            continue;
        };
        let rule = (group.observances.len() > 1).then(|| {
            let number = group.numbers.first().copied().unwrap_or(1);
            let day = weekday_name(begun.onset.date().weekday());
            let until = if ended.onset.year() >= last {
                String::new()
            } else {
                format!(";UNTIL={}", Utc(instant_of(ended)))
            };
            format!("FREQ=YEARLY;BYMONTH={};BYDAY={number}{day}{until}", begun.onset.month())
        });
        one(text, begun, rule.as_deref());
    }
    text.plain("END", "VTIMEZONE");
}

fn one(text: &mut LineWriter, observance: &Observance, rule: Option<&str>) {
    let component = if observance.is_daylight { "DAYLIGHT" } else { "STANDARD" };
    text.plain("BEGIN", component);
    text.plain("DTSTART", Local(observance.onset));
    text.plain("TZOFFSETFROM", offset(observance.from));
    text.plain("TZOFFSETTO", offset(observance.to));
    text.text("TZNAME", &observance.name);
    if let Some(rule) = rule {
        text.plain("RRULE", rule);
    }
    text.plain("END", component);
}

fn instant(day: Date) -> Timestamp {
    // Input validation bounds years; stored ones never need the default.
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
}

fn instant_of(observance: &Observance) -> Timestamp {
    observance.from.to_timestamp(observance.onset).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns the offset transitions between two instants.
fn observances(zone: &TimeZone, begin: Timestamp, end: Timestamp) -> Vec<Observance> {
    let mut from = zone.to_offset(begin);
    zone.following(begin)
        .take_while(|transition| transition.timestamp() < end)
        .map(|transition| {
            let onset = from.to_datetime(transition.timestamp());
            let observance = Observance {
                is_daylight: transition.dst().is_dst(),
                onset,
                from,
                to: transition.offset(),
                name: transition.abbreviation().to_owned(),
            };
            from = transition.offset();
            observance
        })
        .collect()
}

/// Groups onsets by one rule in successive years.
fn groups(observances: Vec<Observance>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for observance in observances {
        let numbers = numbers(observance.onset.date());
        let fitting = groups.iter_mut().find_map(|group| {
            let last = group.observances.last()?;
            let common: Vec<i8> =
                group.numbers.iter().copied().filter(|number| numbers.contains(number)).collect();
            (continues(last, &observance) && !common.is_empty()).then_some((group, common))
        });
        match fitting {
            Some((group, common)) => {
                group.observances.push(observance);
                group.numbers = common;
            }
            None => groups.push(Group { observances: vec![observance], numbers }),
        }
    }
    groups
}

fn continues(last: &Observance, next: &Observance) -> bool {
    next.onset.year() == last.onset.year() + 1
        && next.onset.month() == last.onset.month()
        && next.onset.time() == last.onset.time()
        && next.onset.date().weekday() == last.onset.date().weekday()
        && (next.is_daylight, next.from, next.to, &next.name)
            == (last.is_daylight, last.from, last.to, &last.name)
}

/// Returns the ordinals of a day's weekday in its month, counted from the end first, because most rules count so.
fn numbers(day: Date) -> Vec<i8> {
    let from_start = (day.day() - 1) / 7 + 1;
    let is_last = day.checked_add(1.week()).is_ok_and(|later| later.month() != day.month());
    let last = if is_last { Some(-1) } else { None };
    last.into_iter().chain((from_start < 5).then_some(from_start)).collect()
}

/// Formats an offset as `+0800`, with seconds if the zone has them.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) = (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Unfolded;
    use crate::property::Property;
    use crate::read::definition::{Budget, Definition};

    fn written(name: &str, first: i16, last: i16) -> String {
        let mut text = LineWriter::default();
        write_zone(&mut text, &TimeZone::get(name).unwrap(), name, first, last);
        String::from_utf8(text.into_bytes()).unwrap()
    }

    /// Returns the definition parsed by our reader.
    fn read(text: &str) -> Definition {
        let lines: Vec<Property> =
            Unfolded::new(text.as_bytes()).filter_map(|(_, line)| Property::parse(&line)).collect();
        let mut definition = Definition::default();
        let mut begun = 0;
        for (place, line) in lines.iter().enumerate() {
            match (line.name(), line.value()) {
                ("BEGIN", _) => begun = place + 1,
                ("END", value @ ("STANDARD" | "DAYLIGHT")) => {
                    definition.add(value == "DAYLIGHT", &lines[begun..place]);
                }
                _ => {}
            }
        }
        definition
    }

    #[test]
    fn zone_without_transitions_has_one_observance() {
        assert_eq!(
            written("Asia/Manila", 2026, 2029),
            "BEGIN:VTIMEZONE\r\nTZID:Asia/Manila\r\nX-LIC-LOCATION:Asia/Manila\r\nBEGIN:STANDARD\r\n\
             DTSTART:19700101T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nTZNAME:PST\r\n\
             END:STANDARD\r\nEND:VTIMEZONE\r\n"
        );
    }

    #[test]
    fn daylight_saving_time_is_an_endless_rule() {
        let text = written("Europe/Berlin", 2026, 2029);
        assert_eq!(text.matches("RRULE:").count(), 2, "{text}");
        assert!(text.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"), "{text}");
        assert!(text.contains("DTSTART:20260329T020000\r\n"), "{text}");
        let text = written("America/New_York", 2000, 2010);
        assert!(text.contains("UNTIL="), "the rule changed in 2007: {text}");
        assert!(text.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n"), "{text}");
    }

    #[test]
    fn every_hour_is_right_in_every_kind_of_zone() {
        for name in [
            "America/New_York",
            "Europe/London",
            "Europe/Dublin",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "Asia/Gaza",
            "America/Santiago",
            "Pacific/Apia",
            "Asia/Tehran",
            "Africa/Cairo",
            "America/Asuncion",
            "Asia/Manila",
            "Asia/Kathmandu",
            "Antarctica/Troll",
        ] {
            let zone = TimeZone::get(name).unwrap();
            for (first, last) in [(2005, 2012), (2019, 2029)] {
                let text = written(name, first, last);
                let definition = read(&text).zone(&mut Budget::default()).unwrap().zone;
                let mut moment = instant(date(first, 1, 1));
                let end = instant(date(last, 12, 31));
                while moment < end {
                    let (told, right) = (definition.to_offset(moment), zone.to_offset(moment));
                    assert_eq!(told, right, "{name} at {moment}:\n{text}");
                    moment = moment.checked_add(11.hours()).unwrap();
                }
            }
        }
    }
}
