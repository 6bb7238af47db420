//! Time zones by the names in a calendar.

use std::collections::HashMap;

use jiff::tz::{Offset, TimeZone};

use super::definition::Definition;
use super::values::offset;
use super::windows;

/// Resolver of zone names (`TZID`, RFC 5545 section 3.2.19).
pub(super) struct Zones<'a> {
    fallback: &'a TimeZone,
    of_calendar: Option<TimeZone>,
    of_event: Option<TimeZone>,
    defined: HashMap<String, Definition>,
    resolved: HashMap<String, TimeZone>,
}

impl<'a> Zones<'a> {
    /// Returns a resolver without definitions; times without a zone use the fallback.
    pub fn new(fallback: &'a TimeZone) -> Self {
        Self {
            fallback,
            of_calendar: None,
            of_event: None,
            defined: HashMap::new(),
            resolved: HashMap::new(),
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
    pub fn define(&mut self, name: &str, place: Option<&str>, definition: Definition) {
        if let Some(zone) = place.and_then(by_name) {
            self.resolved.insert(name.to_owned(), zone);
        } else {
            self.defined.insert(name.to_owned(), definition);
        }
    }

    /// Returns the zone of a name: by the name, by the definition, by its offset. An unknown name means the zone of the
    /// calendar, else the fallback, which is most likely the zone of the author.
    pub fn resolve(&mut self, name: &str) -> TimeZone {
        if let Some(zone) = self.resolved.get(name) {
            return zone.clone();
        }
        let defined = || {
            let definition = self.defined.get(name)?;
            definition
                .known_zone(self.fallback)
                .or_else(|| Some(by_offset(definition.standard_offset()?, self.fallback)))
        };
        let zone = by_name(name)
            .or_else(defined)
            .or_else(|| offset_in_name(name).map(|seconds| by_offset(seconds, self.fallback)));
        let Some(zone) = zone else {
            return self.default_zone().clone();
        };
        self.resolved.insert(name.to_owned(), zone.clone());
        zone
    }

    /// Returns a zone with a fixed offset.
    pub fn by_offset(&self, seconds: i32) -> TimeZone {
        by_offset(seconds, self.fallback)
    }
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
    use super::*;

    fn resolved(name: &str) -> String {
        let fallback = TimeZone::get("Asia/Manila").unwrap();
        Zones::new(&fallback).resolve(name).iana_name().unwrap().to_owned()
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
            ("(UTC+08:00) Kuala Lumpur, Singapore", "Asia/Manila"),
            ("(UTC-03:00) City of nowhere", "Etc/GMT+3"),
            ("GMT+0530", "Asia/Kolkata"),
            ("UTC+9", "Etc/GMT-9"),
            ("UTC", "UTC"),
            ("tzone://Microsoft/Utc", "UTC"),
            ("Our own time", "Asia/Manila"),
            ("../../etc/passwd", "Asia/Manila"),
            ("", "Asia/Manila"),
        ] {
            assert_eq!(resolved(name), expected, "{name}");
        }
    }

    #[test]
    fn zone_definition_names_its_iana_zone() {
        let fallback = TimeZone::get("Asia/Manila").unwrap();
        let mut zones = Zones::new(&fallback);
        zones.define("Home", Some("Asia/Dubai"), Definition::default());
        assert_eq!(zones.resolve("Home").iana_name(), Some("Asia/Dubai"));
    }
}
