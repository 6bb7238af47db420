//! Time zones by the names in a calendar: by the definition that the calendar has, else by the name.

use std::cell::Cell;
use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};

use super::definition::{Budget, Defined, Definition};
use super::values::offset;
use super::windows;

/// Maximum number of comparisons of offsets in a file.
const COMPARISONS: usize = 20_000_000;

/// Resolver of zone names (`TZID`, RFC 5545 section 3.2.19).
pub(super) struct Zones<'a> {
    fallback: &'a TimeZone,
    of_calendar: Option<TimeZone>,
    of_event: Option<TimeZone>,
    names: HashMap<String, Named>,
    /// Known zones that keep the time of a defined one, by name and days.
    alike: HashMap<(String, i64, i64), Option<TimeZone>>,
    /// Comparisons of offsets that may still be made.
    comparisons: Cell<usize>,
    /// Work that the definitions may still cost.
    budget: Budget,
    /// Zones that are usual in calendars, and all of them; read when they are first needed.
    usual: Vec<TimeZone>,
    all: Vec<TimeZone>,
}

/// Knowledge of a name.
#[derive(Clone, Default)]
struct Named {
    /// Zone that the calendar defines.
    defined: Option<Defined>,
    /// Zone of this name, or of the place that the definition names.
    known: Option<TimeZone>,
    /// Zone that the name hints at: an offset, or a pair of offsets.
    guessed: Option<TimeZone>,
}

/// Time in a zone by its name.
pub(super) struct Resolved {
    /// The time. Its zone may be a defined one.
    pub time: Zoned,
    /// Description of a guess, if the calendar does not define the zone and its name is not known.
    pub guess: Option<String>,
}

impl<'a> Zones<'a> {
    /// Returns a resolver without definitions; times without a zone use the fallback.
    pub fn new(fallback: &'a TimeZone) -> Self {
        Self {
            fallback,
            of_calendar: None,
            of_event: None,
            names: HashMap::new(),
            alike: HashMap::new(),
            comparisons: Cell::new(COMPARISONS),
            budget: Budget::default(),
            usual: Vec::new(),
            all: Vec::new(),
        }
    }

    /// Sets the zone of the calendar of the next events, if it has one.
    pub fn set_calendar_zone(&mut self, zone: Option<TimeZone>) {
        self.of_calendar = zone;
    }

    /// Sets the zone of the start of an event, if it has one. Other times of the event without a zone use it, too.
    pub fn set_event_zone(&mut self, zone: Option<TimeZone>) {
        self.of_event = zone;
    }

    /// Returns the zone of times without a zone.
    pub fn default_zone(&self) -> &TimeZone {
        self.of_event.as_ref().or(self.of_calendar.as_ref()).unwrap_or(self.fallback)
    }

    /// Adds a zone definition by its name in the calendar; `place` is its IANA name, if the calendar has it.
    pub fn define(&mut self, name: &str, place: Option<&str>, definition: &Definition) {
        let known = place.and_then(by_name).or_else(|| by_name(name));
        let named = Named { defined: definition.zone(&mut self.budget), known, guessed: None };
        // A name that is defined twice keeps the first definition that says something.
        let entry = self.names.entry(plain(name)).or_default();
        if entry.defined.is_none() {
            *entry = named;
        }
    }

    /// Returns a time in the zone of a name. A definition of the calendar comes first, for the years that it covers; then
    /// the name; then the offsets in it; then the zone of the calendar, else the fallback, which is most likely the
    /// zone of the author.
    pub fn time(&mut self, name: &str, local: DateTime) -> Option<Resolved> {
        let named = self.named(name);
        let in_zone = |zone: &TimeZone| local.to_zoned(zone.clone()).ok();
        if let Some(defined) = &named.defined {
            let time = in_zone(&defined.zone)?;
            let is_before = time.timestamp() < defined.first;
            return match &named.known {
                Some(known) if is_before => Some(Resolved { time: in_zone(known)?, guess: None }),
                _ => Some(Resolved { time, guess: None }),
            };
        }
        if let Some(known) = &named.known {
            return Some(Resolved { time: in_zone(known)?, guess: None });
        }
        let zone = named.guessed.unwrap_or_else(|| self.default_zone().clone());
        let time = in_zone(&zone)?;
        let guess = format!(
            "The time zone \u{201c}{}\u{201d} is not known, and the file does not define it; {} was used.",
            plain(name),
            zone.iana_name().unwrap_or("UTC"),
        );
        Some(Resolved { time, guess: Some(guess) })
    }

    fn named(&mut self, name: &str) -> Named {
        let name = plain(name);
        if let Some(named) = self.names.get(&name) {
            return named.clone();
        }
        let known = by_name(&name);
        let guessed = match known {
            Some(_) => None,
            None => pair_in_name(&name)
                .or_else(|| offset_in_name(&name).map(|seconds| by_offset(seconds, self.fallback))),
        };
        let named = Named { defined: None, known, guessed };
        self.names.insert(name, named.clone());
        named
    }

    /// Returns a known zone that keeps the time of the defined zone of a name over a span, a year around it at least and
    /// some decades at most: the zone of the name, that of the calendar, the fallback, then any.
    pub fn alike(
        &mut self,
        name: &str,
        defined: &TimeZone,
        (from, to): (Timestamp, Timestamp),
    ) -> Option<TimeZone> {
        const YEAR: i64 = 366 * 86_400;
        const MOST_YEARS: i64 = 50;
        let year_of = |second: i64| second.div_euclid(YEAR);
        let first = year_of(from.as_second());
        let last = year_of(to.as_second()).min(first + MOST_YEARS);
        let key = (plain(name), first, last);
        if let Some(found) = self.alike.get(&key) {
            return found.clone();
        }
        // Beyond the budget, no zone is found: a series is then written out, which is right, too.
        let found = (self.comparisons.get() > 0).then(|| {
            let samples = samples(defined, first * YEAR, (last + 1) * YEAR);
            self.find(name, &|zone, left| keeps(zone, defined, &samples, left))
        });
        let found = found.flatten();
        self.alike.insert(key, found.clone());
        found
    }

    /// Returns true if a known zone has the offsets of the defined one at these instants.
    pub fn is_alike_at(&self, zone: &TimeZone, defined: &TimeZone, instants: &[Timestamp]) -> bool {
        keeps(zone, defined, instants, &self.comparisons)
    }

    /// Returns a known zone with the offset of the defined zone at all of some instants.
    pub fn alike_at(&mut self, name: &str, defined: &TimeZone, instants: &[Timestamp]) -> TimeZone {
        let of_start = instants.first().map_or(0, |instant| defined.to_offset(*instant).seconds());
        let usual = by_offset(of_start, self.fallback);
        if keeps(&usual, defined, instants, &self.comparisons) {
            return usual;
        }
        self.find(name, &|zone, left| keeps(zone, defined, instants, left)).unwrap_or(usual)
    }

    fn find(&mut self, name: &str, keeps: &dyn Fn(&TimeZone, &Cell<usize>) -> bool) -> Option<TimeZone> {
        let of_name = self.names.get(&plain(name)).and_then(|named| named.known.as_ref());
        let near = [of_name, self.of_calendar.as_ref(), Some(self.fallback)];
        if let Some(zone) = near.into_iter().flatten().find(|zone| keeps(zone, &self.comparisons)) {
            return Some(zone.clone());
        }
        if self.usual.is_empty() {
            self.usual = windows::usual_zones().filter_map(|name| TimeZone::get(name).ok()).collect();
        }
        if let Some(zone) = self.usual.iter().find(|zone| keeps(zone, &self.comparisons)) {
            return Some(zone.clone());
        }
        if self.all.is_empty() {
            self.all = jiff::tz::db().available().filter_map(|name| known(name.as_str())).collect();
        }
        self.all.iter().find(|zone| keeps(zone, &self.comparisons)).cloned()
    }

    /// Returns a zone with a fixed offset.
    pub fn by_offset(&self, seconds: i32) -> TimeZone {
        by_offset(seconds, self.fallback)
    }
}

/// Returns true if the zone has the offsets of the other one at these instants, and no comparison was too many.
fn keeps(zone: &TimeZone, defined: &TimeZone, instants: &[Timestamp], left: &Cell<usize>) -> bool {
    instants.iter().all(|instant| {
        let Some(rest) = left.get().checked_sub(1) else { return false };
        left.set(rest);
        zone.to_offset(*instant) == defined.to_offset(*instant)
    })
}

/// Returns instants for the comparison of zones: one of every week, and those around each transition.
fn samples(zone: &TimeZone, from: i64, to: i64) -> Vec<Timestamp> {
    const WEEK: usize = 7 * 86_400;
    let mut result: Vec<Timestamp> =
        (from..to).step_by(WEEK).filter_map(|second| Timestamp::from_second(second).ok()).collect();
    let (Ok(from), Ok(to)) = (Timestamp::from_second(from), Timestamp::from_second(to)) else {
        return result;
    };
    for transition in zone.following(from).take_while(|transition| transition.timestamp() < to).take(1000) {
        let at = transition.timestamp();
        result.extend(at.checked_sub(1.second()));
        result.push(at);
    }
    result
}

/// Returns a name as it is compared: without blanks and quotes around it.
fn plain(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_owned()
}

/// Returns a zone by its IANA name, also after a prefix of the program, or by its Windows name.
pub(super) fn by_name(name: &str) -> Option<TimeZone> {
    let name = name.trim().trim_matches('"');
    let plain = match name.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, after)) => after.trim(),
        None => name,
    };
    // "/freeassociation.sourceforge.net/Asia/Manila", "/mozilla.org/20070129_1/Europe/Berlin"
    let parts: Vec<&str> = plain.split('/').filter(|part| !part.is_empty()).collect();
    let longest = parts.len().min(3);
    (0..longest)
        .map(|dropped| parts[parts.len() - longest + dropped..].join("/"))
        .find_map(|name| known(&name))
        .or_else(|| known(windows::zone(plain)?))
}

fn known(name: &str) -> Option<TimeZone> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "/_+-".contains(letter);
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_name) {
        return None;
    }
    TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some())
}

/// Returns the zone of a name with the offsets of standard and daylight saving time, as Exchange writes it: "GMT -0500
/// (Standard) / GMT -0400 (Daylight)".
fn pair_in_name(name: &str) -> Option<TimeZone> {
    let (standard, daylight) =
        name.split_once('/').filter(|_| name.contains("Standard") && name.contains("Daylight"))?;
    let (standard, daylight) = (offset_in_name(standard)?, offset_in_name(daylight)?);
    let at = |zone: &TimeZone, month: i8| {
        let noon = jiff::civil::date(2026, month, 15).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
        Some(zone.to_offset(noon.timestamp()).seconds())
    };
    let keeps = |zone: &TimeZone| {
        let both = (at(zone, 1), at(zone, 7));
        both == (Some(standard), Some(daylight)) || both == (Some(daylight), Some(standard))
    };
    windows::usual_zones().filter_map(|name| TimeZone::get(name).ok()).find(keeps)
}

/// Returns the offset in seconds in a name: "(UTC+08:00) Somewhere", "GMT+0800", "UTC-3".
fn offset_in_name(name: &str) -> Option<i32> {
    let place = name.find("UTC").or_else(|| name.find("GMT"))? + 3;
    let rest = name[place..].trim_start();
    let end = rest.find(|letter: char| !"+-:0123456789".contains(letter)).unwrap_or(rest.len());
    let written = &rest[..end];
    match written.len() {
        0 => Some(0),
        2 => offset(&format!("{}0{}", &written[..1], &written[1..])),
        _ => offset(written),
    }
}

/// Returns a named zone with a fixed offset: the fallback if it has no other offset, else a zone for whole hours, else
/// a place with this offset, else UTC.
fn by_offset(seconds: i32, fallback: &TimeZone) -> TimeZone {
    const PLACES: [(i32, &str); 8] = [
        (210, "Asia/Tehran"),
        (270, "Asia/Kabul"),
        (330, "Asia/Kolkata"),
        (345, "Asia/Kathmandu"),
        (390, "Asia/Yangon"),
        (525, "Australia/Eucla"),
        (570, "Australia/Darwin"),
        (-570, "Pacific/Marquesas"),
    ];
    let is_fixed = Offset::from_seconds(seconds)
        .is_ok_and(|offset| fixed_offset_of(fallback).is_some_and(|known| known == offset));
    if is_fixed {
        return fallback.clone();
    }
    let name = if seconds == 0 {
        "UTC".to_owned()
    } else if seconds % 3600 == 0 {
        // The signs of these names are reversed.
        format!("Etc/GMT{:+}", -(seconds / 3600))
    } else {
        let place = PLACES.iter().find(|(minutes, _)| minutes * 60 == seconds);
        place.map_or("UTC", |(_, name)| name).to_owned()
    };
    TimeZone::get(&name).unwrap_or(TimeZone::UTC)
}

/// Returns the offset of a zone without daylight saving time.
fn fixed_offset_of(zone: &TimeZone) -> Option<Offset> {
    let at = |month| {
        Some(zone.to_offset(
            jiff::civil::date(2026, month, 15).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp(),
        ))
    };
    let first = at(1)?;
    (2..=12).all(|month| at(month) == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn resolved(name: &str) -> (String, bool) {
        let fallback = TimeZone::get("Asia/Manila").unwrap();
        let found = Zones::new(&fallback).time(name, date(2026, 7, 8).at(9, 0, 0, 0)).unwrap();
        (found.time.time_zone().iana_name().unwrap().to_owned(), found.guess.is_some())
    }

    #[test]
    fn zone_names_are_recognized_in_every_form() {
        for (name, expected) in [
            ("Asia/Manila", "Asia/Manila"),
            ("europe/berlin", "Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Asia/Tokyo", "Asia/Tokyo"),
            ("/softwarestudio.org/Olson_20011030_5/America/Chicago", "America/Chicago"),
            ("/x/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("(UTC+01:00) W. Europe Standard Time", "Europe/Berlin"),
            ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
            ("(GMT-08.00) Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
            ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
            ("Eastern Time (US & Canada)", "America/New_York"),
            ("(UTC+08:00) Kuala Lumpur, Singapore", "Asia/Singapore"),
            ("10", "America/New_York"),
            ("UTC", "UTC"),
            ("tzone://Microsoft/Utc", "UTC"),
        ] {
            assert_eq!(resolved(name), (expected.to_owned(), false), "{name}");
        }
    }

    #[test]
    fn unknown_names_are_guessed_and_told() {
        for (name, expected) in [
            ("(UTC-03:00) City of nowhere", "Etc/GMT+3"),
            ("GMT -0500 (Standard) / GMT -0400 (Daylight)", "America/New_York"),
            ("GMT +0100 (Standard) / GMT +0200 (Daylight)", "Europe/Berlin"),
            ("GMT+0530", "Asia/Kolkata"),
            ("UTC+9", "Etc/GMT-9"),
            ("Our own time", "Asia/Manila"),
            ("../../etc/passwd", "Asia/Manila"),
            ("", "Asia/Manila"),
        ] {
            assert_eq!(resolved(name), (expected.to_owned(), true), "{name}");
        }
    }
}
