//! Tolerant reader of events, for imports and subscriptions: lenient in form, strict in size.
//!
//! It reads files as real programs write them: any line ends, folds within a character, UTF-8, UTF-16 or Windows-1252,
//! missing ends and UIDs, Windows names of time zones, and zones that the calendar defines. It reports skipped
//! components with a reason, and does not panic on any input.

pub(crate) mod definition;
#[cfg(test)]
mod tests;
mod times;
mod values;
mod windows;
mod zones;

use std::collections::HashMap;
use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use sha2::{Digest, Sha256};

use crate::Limits;
use crate::lines::unfold;
use crate::property::Property;
use definition::Definition;
use values::DateOrTime;
use zones::{Zones, by_name};

/// Maximum number of skipped components in the list; the others are only counted.
pub const SKIPPED_AT_MOST: usize = 200;
/// Maximum characters of a title, a location or another line of text; longer text is truncated.
const LINE_LETTERS: usize = 500;
/// Maximum characters of a description.
const TEXT_LETTERS: usize = 20_000;
/// Maximum number of additions or exclusions of a series.
const DATES: usize = 5_000;
/// Maximum number of zone definitions in a calendar.
const DEFINITIONS: usize = 200;
/// Accepted years of events.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Calendar with its events.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Name (`X-WR-CALNAME`, or `NAME` of RFC 7986 section 5.1), or empty.
    pub name: String,
    /// Events, series and overrides in the order of the file; one for each UID and recurrence id.
    pub events: Vec<Event>,
    /// Skipped components, [`SKIPPED_AT_MOST`] at most.
    pub skipped: Vec<Skipped>,
    /// Number of all skipped components.
    pub skipped_count: usize,
    /// True if the file ends before the calendar does, so that events may be missing.
    pub is_cut_off: bool,
}

/// Event, series or override of an occurrence (RFC 5545 section 3.6.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// UID (RFC 5545 section 3.8.4.7). A missing one is derived from start and title, the same at each read.
    pub uid: String,
    /// Recurrence id (RFC 5545 section 3.8.4.4): the occurrence that this override changes.
    pub recurrence_id: Option<Moment>,
    /// True if the override changes all following occurrences, too (`RANGE=THISANDFUTURE`, RFC 5545 section 3.2.13).
    pub and_following: bool,
    /// Revision (`SEQUENCE`, RFC 5545 section 3.8.7.4); 0 if the program does not write one.
    pub sequence: i64,
    /// `LAST-MODIFIED`, else `DTSTAMP`.
    pub last_modified: Option<Timestamp>,
    /// Title; may be empty.
    pub summary: String,
    /// Description, or empty.
    pub description: String,
    /// Location, or empty.
    pub location: String,
    /// Web address (`http:` or `https:`), or empty.
    pub url: String,
    /// Status.
    pub status: Status,
    /// Categories.
    pub categories: Vec<String>,
    /// True if the event does not block its time (`TRANSP`, RFC 5545 section 3.8.2.7).
    pub is_transparent: bool,
    /// Start.
    pub start: Moment,
    /// End, exclusive; of the same type as the start, and never before it.
    pub end: Moment,
    /// Recurrence rule as written (RFC 5545 section 3.8.5.3).
    pub rrule: Option<String>,
    /// Additions (`RDATE`, RFC 5545 section 3.8.5.2).
    pub rdates: Vec<Added>,
    /// Exclusions (`EXDATE`, RFC 5545 section 3.8.5.1).
    pub exdates: Vec<Moment>,
    /// Name of the organizer, else the address, or empty.
    pub organizer: String,
    /// Number of attendees.
    pub attendees: usize,
}

/// Addition to a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// Start.
    pub start: Moment,
    /// End of a period; `None` for the duration of the other occurrences.
    pub end: Option<Moment>,
}

/// Day, or time in a zone with an IANA name.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// Floating day.
    Day(Date),
    /// Instant with its local time and zone; `time_zone().iana_name()` is always present.
    Time(Zoned),
}

impl Moment {
    /// Returns true if it is a day.
    #[must_use]
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// Returns the day in its own zone.
    #[must_use]
    pub fn date(&self) -> Date {
        match self {
            Self::Day(day) => *day,
            Self::Time(time) => time.date(),
        }
    }

    /// Returns the day intended in a list of days. Some programs write its midnight in their zone as UTC.
    #[must_use]
    pub fn day_in(&self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(day) => *day,
            Self::Time(time) => {
                let local = time.with_time_zone(zone.clone()).datetime();
                if local.time() == Time::midnight() { local.date() } else { time.date() }
            }
        }
    }
}

impl fmt::Display for Moment {
    /// Writes a date or a local date-time, the form of a recurrence id.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Time(time) => time.datetime().fmt(formatter),
        }
    }
}

/// Status of an event (RFC 5545 section 3.8.1.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Tentative.
    Tentative,
    /// Confirmed; also the default without a status.
    #[default]
    Confirmed,
    /// Cancelled.
    Cancelled,
}

/// Skipped component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Name: `VEVENT`, `VTODO`.
    pub component: String,
    /// UID, or empty.
    pub uid: String,
    /// Title, or empty.
    pub summary: String,
    /// Reason, as a sentence for people.
    pub reason: String,
}

/// Reason for refusing a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// File without a calendar.
    #[error("This is not a calendar file (.ics).")]
    NotACalendar,
    /// Number of bytes.
    #[error("This calendar has more than {0} bytes.")]
    TooLarge(usize),
}

/// Reads a calendar within the default limits.
///
/// Times without a zone use the zone of the calendar (`X-WR-TIMEZONE`), else `fallback`.
///
/// # Errors
///
/// Refuses files that are too large or have neither a calendar nor an event.
pub fn read(bytes: &[u8], fallback: &TimeZone) -> Result<Calendar, ReadError> {
    read_within(bytes, fallback, Limits::default())
}

/// Reads a calendar within limits.
///
/// # Errors
///
/// Refuses files that are too large or have neither a calendar nor an event.
pub fn read_within(bytes: &[u8], fallback: &TimeZone, limits: Limits) -> Result<Calendar, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::TooLarge(limits.bytes));
    }
    let mut reader = Reader {
        calendar: Calendar::default(),
        zones: Zones::new(fallback),
        definition: Definition::default(),
        definitions: 0,
        events: Vec::new(),
        placed: 0,
        limits,
        has_calendar: false,
        is_cancellation: false,
    };
    reader.components(unfold(bytes));
    if !reader.has_calendar && reader.events.is_empty() {
        return Err(ReadError::NotACalendar);
    }
    Ok(reader.finish())
}

struct Reader<'a> {
    calendar: Calendar,
    zones: Zones<'a>,
    /// Zone whose observances are being read.
    definition: Definition,
    definitions: usize,
    /// Lines of the events, with the zone of their calendar. Both definitions may follow the events in the file.
    events: Vec<(Vec<Property>, Option<TimeZone>)>,
    /// Number of events of calendars that have already ended.
    placed: usize,
    limits: Limits,
    has_calendar: bool,
    /// True if the calendar only cancels its events (RFC 5546).
    is_cancellation: bool,
}

impl Reader<'_> {
    fn components(&mut self, lines: impl Iterator<Item = String>) {
        let mut open: Vec<(String, Vec<Property>)> = Vec::new();
        let mut too_deep = 0_usize;
        for line in lines.filter_map(|line| Property::parse(&line)).take(self.limits.lines) {
            let named = line.value().trim().to_ascii_uppercase();
            match line.name().to_ascii_uppercase().as_str() {
                "BEGIN" if open.len() >= self.limits.depth => too_deep += 1,
                "BEGIN" => open.push((named, Vec::new())),
                "END" if too_deep > 0 => too_deep -= 1,
                "END" => {
                    // A component with a missing end ends with its parent.
                    if let Some(place) = open.iter().rposition(|(name, _)| *name == named) {
                        while open.len() > place {
                            if let Some((name, lines)) = open.pop() {
                                self.component(&name, lines);
                            }
                        }
                    }
                }
                _ if too_deep > 0 => {}
                _ => {
                    if let Some((_, lines)) = open.last_mut() {
                        lines.push(line);
                    }
                }
            }
        }
        self.calendar.is_cut_off = !open.is_empty();
        let skipped = self.calendar.skipped_count;
        for (name, lines) in open.into_iter().rev() {
            if name == "VCALENDAR" {
                if self.calendar.skipped_count == skipped {
                    self.skip(&name, &[], "The file is incomplete: events may be missing.");
                }
                self.component(&name, lines);
            } else {
                self.skip(&name, &lines, "The file ends in the middle of this event.");
            }
        }
    }

    fn component(&mut self, name: &str, lines: Vec<Property>) {
        match name {
            "VCALENDAR" => {
                self.has_calendar = true;
                let named = |name: &str| lines.iter().find(|line| line.is(name));
                if let Some(line) = named("X-WR-CALNAME").or_else(|| named("NAME"))
                    && self.calendar.name.is_empty()
                {
                    self.calendar.name = single(&line.text());
                }
                let method = named("METHOD").map(|line| line.value().trim().to_ascii_uppercase());
                self.is_cancellation |= method.as_deref() == Some("CANCEL");
                let zone = named("X-WR-TIMEZONE").and_then(|line| by_name(&line.text()));
                for (_, of_calendar) in &mut self.events[self.placed..] {
                    of_calendar.clone_from(&zone);
                }
                self.placed = self.events.len();
            }
            "VEVENT" if self.events.len() < self.limits.events => self.events.push((lines, None)),
            "VEVENT" => {
                let reason = format!("Only the first {} events are imported.", self.limits.events);
                self.skip(name, &lines, &reason);
            }
            "STANDARD" | "DAYLIGHT" => self.definition.add(name == "DAYLIGHT", &lines),
            "VTIMEZONE" => {
                let definition = std::mem::take(&mut self.definition);
                let text = |name: &str| lines.iter().find(|line| line.is(name)).map(Property::text);
                self.definitions += 1;
                if let (Some(id), true) = (text("TZID"), self.definitions <= DEFINITIONS) {
                    self.zones.define(id.trim(), text("X-LIC-LOCATION").as_deref(), definition);
                }
            }
            "VTODO" => self.skip(name, &lines, "It is a to-do, not an event."),
            "VJOURNAL" => self.skip(name, &lines, "It is a journal, not an event."),
            "VFREEBUSY" => self.skip(name, &lines, "It has only free/busy times."),
            // Parts of an event, and unknown components.
            _ => {}
        }
    }

    fn skip(&mut self, component: &str, lines: &[Property], reason: &str) {
        self.calendar.skipped_count += 1;
        if self.calendar.skipped.len() < SKIPPED_AT_MOST {
            let text = |name: &str| {
                lines.iter().find(|line| line.is(name)).map(|line| single(&line.text())).unwrap_or_default()
            };
            self.calendar.skipped.push(Skipped {
                component: single(component),
                uid: text("UID"),
                summary: text("SUMMARY"),
                reason: reason.to_owned(),
            });
        }
    }

    fn finish(mut self) -> Calendar {
        let mut places: HashMap<(String, Option<String>), usize> = HashMap::new();
        for (lines, zone) in std::mem::take(&mut self.events) {
            self.zones.set_calendar_zone(zone);
            let event = match self.event(&lines) {
                Ok(event) if self.is_cancellation => Event { status: Status::Cancelled, ..event },
                Ok(event) => event,
                Err(reason) => {
                    self.skip("VEVENT", &lines, &reason);
                    continue;
                }
            };
            let key = (event.uid.clone(), event.recurrence_id.as_ref().map(ToString::to_string));
            match places.get(&key).and_then(|place| self.calendar.events.get_mut(*place)) {
                // Of two with one id, the higher `SEQUENCE` wins, then the later one.
                Some(other) if other.sequence > event.sequence => {}
                Some(other) => *other = event,
                None => {
                    places.insert(key, self.calendar.events.len());
                    self.calendar.events.push(event);
                }
            }
        }
        self.calendar
    }

    fn event(&mut self, lines: &[Property]) -> Result<Event, String> {
        let find = |name: &str| lines.iter().find(|line| line.is(name));
        let text = |name: &str| find(name).map(|line| single(&line.text())).unwrap_or_default();
        let line = find("DTSTART").ok_or("It has no start.")?;
        self.zones.set_event_zone(None);
        let start = self.moment(line, line.value()).ok_or_else(|| no_date("start", line))?;
        if let (Moment::Time(time), Some(_)) = (&start, line.parameter("TZID")) {
            self.zones.set_event_zone(Some(time.time_zone().clone()));
        }
        let end = self.end(&start, find("DTEND"), find("DURATION"))?;
        let recurrence_id = match find("RECURRENCE-ID") {
            Some(line) => {
                Some(self.moment(line, line.value()).ok_or_else(|| no_date("recurrence id", line))?)
            }
            None => None,
        };
        let url = text("URL");
        let lower = url.to_ascii_lowercase();
        let is_page = lower.starts_with("http://") || lower.starts_with("https://");
        let instant = |name: &str| match values::moment(find(name)?.value())? {
            DateOrTime::Time(local, offset) => {
                let utc = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
                utc.checked_sub(i64::from(offset.unwrap_or(0)).seconds()).ok()
            }
            DateOrTime::Day(_) => None,
        };
        let mut event = Event {
            uid: text("UID"),
            recurrence_id,
            and_following: find("RECURRENCE-ID")
                .and_then(|line| line.parameter("RANGE"))
                .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE")),
            sequence: find("SEQUENCE").and_then(|line| line.value().trim().parse().ok()).unwrap_or(0),
            last_modified: instant("LAST-MODIFIED").or_else(|| instant("DTSTAMP")),
            summary: text("SUMMARY"),
            description: find("DESCRIPTION")
                .map(|line| clean(&line.text(), TEXT_LETTERS))
                .unwrap_or_default(),
            location: text("LOCATION"),
            url: if is_page { url } else { String::new() },
            status: status(&text("STATUS")),
            categories: categories(lines),
            is_transparent: text("TRANSP").eq_ignore_ascii_case("TRANSPARENT"),
            rrule: find("RRULE")
                // Some programs end a rule with a semicolon, as they end its parts.
                .map(|line| single(line.value()).trim_end_matches(';').to_owned())
                .filter(|rule| !rule.is_empty()),
            rdates: self.dates(lines, "RDATE", &start),
            exdates: self.dates(lines, "EXDATE", &start).into_iter().map(|date| date.start).collect(),
            organizer: find("ORGANIZER").map(person).unwrap_or_default(),
            attendees: lines.iter().filter(|line| line.is("ATTENDEE")).count(),
            start,
            end,
        };
        if event.uid.is_empty() {
            event.uid = derived_uid(&event);
        }
        Ok(event)
    }
}

fn no_date(what: &str, line: &Property) -> String {
    format!("Its {what} is not a valid date: {}", clean(line.value(), 60))
}

fn status(text: &str) -> Status {
    match text.to_ascii_uppercase().as_str() {
        "TENTATIVE" => Status::Tentative,
        "CANCELLED" | "CANCELED" => Status::Cancelled,
        _ => Status::Confirmed,
    }
}

fn categories(lines: &[Property]) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    for name in lines.iter().filter(|line| line.is("CATEGORIES")).flat_map(Property::texts) {
        let name = single(&name);
        if !name.is_empty() && result.len() < 20 && !result.contains(&name) {
            result.push(name);
        }
    }
    result
}

/// Returns the name of a person, else the address.
fn person(line: &Property) -> String {
    let name = line.parameter("CN").map(|name| single(&name)).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| {
        let address = line.value().trim();
        let plain = address.split_at_checked(7).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto:"));
        single(plain.map_or(address, |(_, rest)| rest))
    })
}

/// Returns a UID for an event without one: the same for the same start and title.
fn derived_uid(event: &Event) -> String {
    let digest = Sha256::digest(format!("{}\n{}", event.start, event.summary));
    digest[..12].iter().fold(String::from("without-uid-"), |uid, byte| format!("{uid}{byte:02x}"))
}

/// Returns text for storage and display: without control characters, truncated and trimmed.
fn clean(text: &str, letters: usize) -> String {
    let shown = |letter: &char| *letter == '\n' || *letter == '\t' || !letter.is_control();
    text.replace("\r\n", "\n").chars().filter(shown).take(letters).collect::<String>().trim().to_owned()
}

/// Returns text as a single line.
fn single(text: &str) -> String {
    clean(&text.replace(['\r', '\n', '\t'], " "), LINE_LETTERS)
}
