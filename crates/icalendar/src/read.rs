//! Tolerant reader of events, for imports and subscriptions: lenient in form, strict in size.
//!
//! It reads files as real programs write them: any line ends, folds within a character, UTF-8, UTF-16 or Windows-1252,
//! missing ends and UIDs, Windows names of time zones, and zones that the calendar defines. It reports skipped
//! components with a reason, and does not panic on any input.

mod components;
pub(crate) mod definition;
mod file;
#[cfg(test)]
mod foreign_tests;
pub(crate) mod rule;
#[cfg(test)]
mod tests;
mod times;
mod values;
mod vcalendar;
mod windows;
mod zones;

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use sha2::{Digest, Sha256};

use crate::Limits;
use crate::property::Property;
use components::{Component, End};
use definition::Definition;
pub use definition::is_defined;
pub use file::{File, Skips, read};
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
/// Maximum number of rules of an event.
const RULES: usize = 10;
/// Number of rules of a file that may be expanded.
const EXPANDED_RULES: usize = 5_000;
/// Maximum number of remarks about an event.
const REMARKS: usize = 20;
/// Accepted years of events. Birthdays of some programs begin in 1604, and the first years stand for no date.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=9990;

/// Calendar with its events.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Name (`X-WR-CALNAME`, or `NAME` of RFC 7986 section 5.1), or empty.
    pub name: String,
    /// Events, series and overrides in the order of the file; one for each UID, recurrence id and, of those without
    /// one, start.
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
    /// Recurrence rule (RFC 5545 section 3.8.5.3), mended where it was not quite one.
    pub rrule: Option<String>,
    /// Further rules, which RFC 5545 advises against.
    pub further_rules: Vec<String>,
    /// Rules of exclusions (`EXRULE`, RFC 2445 section 4.8.5.2).
    pub exclusion_rules: Vec<String>,
    /// Additions (`RDATE`, RFC 5545 section 3.8.5.2).
    pub rdates: Vec<Added>,
    /// Exclusions (`EXDATE`, RFC 5545 section 3.8.5.1).
    pub exdates: Vec<Moment>,
    /// Name of the organizer, else the address, or empty.
    pub organizer: String,
    /// Number of attendees.
    pub attendees: usize,
    /// Line of its beginning in the file, from 1.
    pub line: usize,
    /// Remarks about what was guessed or mended in reading it.
    pub remarks: Vec<Remark>,
}

/// Remark about what was guessed or mended in reading an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Line in the file, from 1.
    pub line: usize,
    /// Sentence for people.
    pub text: String,
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
    /// Instant with its local time and zone: one with an IANA name, or, of a series that none of those fits, the one
    /// that the calendar defines, see [`is_defined`].
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
    /// Line of its beginning in the file, from 1.
    pub line: usize,
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
    /// Source that fails.
    #[error("This file could not be read to its end.")]
    Unreadable,
}

struct Reader<'a> {
    name: String,
    skips: Skips,
    is_cut_off: bool,
    zones: Zones<'a>,
    /// Zones of the calendars of the file (`X-WR-TIMEZONE`) by their places.
    calendar_zones: HashMap<usize, TimeZone>,
    /// Remarks about the event that is being read.
    remarks: Vec<Remark>,
    /// Line of the start of that event.
    line: usize,
    /// Number of rules so far.
    rules: usize,
    has_calendar: bool,
    /// True if the calendar only cancels its events (RFC 5546).
    is_cancellation: bool,
    hasher: RandomState,
}

impl Reader<'_> {
    /// Reads what holds for all events: zones, name and method of the calendars. Returns the number of components of each
    /// group of events.
    fn definitions(&mut self, source: &mut dyn Read, limits: &Limits) -> io::Result<HashMap<u64, usize>> {
        let is_read = |component: &str, property: &Property| match component {
            "VCALENDAR" | "VTIMEZONE" | "STANDARD" | "DAYLIGHT" => true,
            "VEVENT" => property.is("UID") || property.is("SUMMARY"),
            _ => false,
        };
        let mut definition = Definition::default();
        let (mut count, mut read) = (0, 0);
        let mut groups = HashMap::new();
        components::each(source, limits, is_read, &mut |component| {
            self.is_cut_off |= component.end == End::CutOff;
            match component.name.as_str() {
                "VCALENDAR" => self.head(&component),
                "STANDARD" | "DAYLIGHT" => {
                    definition.add(component.name == "DAYLIGHT", &component.lines);
                }
                "VTIMEZONE" => {
                    let definition = std::mem::take(&mut definition);
                    let text = |name: &str| component.find(name).map(Property::text);
                    count += 1;
                    if let (Some(id), true) = (text("TZID"), count <= DEFINITIONS) {
                        self.zones.define(&id, text("X-LIC-LOCATION").as_deref(), &definition);
                    }
                }
                "VEVENT" if component.end != End::CutOff && read < limits.events => {
                    read += 1;
                    *groups.entry(self.group(&component)).or_default() += 1;
                }
                _ => {}
            }
        })?;
        Ok(groups)
    }

    /// Returns the group of an event: the same for all events of one UID. Without a UID, it is derived from start and
    /// title, so that those with one title are together.
    fn group(&self, component: &Component) -> u64 {
        let text = |name: &str| component.find(name).map(|line| single(&line.text())).unwrap_or_default();
        let uid = text("UID");
        let title = if uid.is_empty() { text("SUMMARY") } else { String::new() };
        self.hasher.hash_one((uid, title))
    }

    fn head(&mut self, component: &Component) {
        self.has_calendar = true;
        let named = component.find("X-WR-CALNAME").or_else(|| component.find("NAME"));
        if let Some(line) = named.filter(|_| self.name.is_empty()) {
            self.name = single(&line.text());
        }
        let method = component.find("METHOD").map(|line| line.value().trim().to_ascii_uppercase());
        self.is_cancellation |= method.as_deref() == Some("CANCEL");
        if let Some(zone) = component.find("X-WR-TIMEZONE").and_then(|line| by_name(&line.text())) {
            self.calendar_zones.insert(component.calendar, zone);
        }
    }

    /// Reads the events, one after another. Calls `found` with the group of each, and nothing for one that was skipped.
    fn events(
        &mut self,
        source: &mut dyn Read,
        limits: &Limits,
        found: &mut dyn FnMut(u64, Option<Event>),
    ) -> io::Result<()> {
        const READ: [&str; 4] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"];
        let (mut is_event_cut, mut read) = (false, 0);
        components::each(source, limits, |component, _| READ.contains(&component), &mut |component| {
            match (component.name.as_str(), component.end) {
                ("VCALENDAR", End::CutOff) if !is_event_cut => {
                    self.skip(&component, "The file is incomplete: events may be missing.");
                }
                ("VEVENT", End::CutOff) => {
                    is_event_cut = true;
                    self.skip(&component, "The file ends in the middle of this event.");
                }
                ("VEVENT", _) if read < limits.events => {
                    read += 1;
                    found(self.group(&component), self.kept(&component));
                }
                ("VEVENT", _) => {
                    let reason = format!("Only the first {} events are imported.", limits.events);
                    self.skip(&component, &reason);
                }
                ("VTODO", _) => self.skip(&component, "It is a to-do, not an event."),
                ("VJOURNAL", _) => self.skip(&component, "It is a journal, not an event."),
                ("VFREEBUSY", _) => self.skip(&component, "It has only free/busy times."),
                // Parts of an event, and unknown components.
                _ => {}
            }
        })
    }

    fn skip(&mut self, component: &Component, reason: &str) {
        self.skips.count += 1;
        if self.skips.listed.len() < SKIPPED_AT_MOST {
            let text = |name: &str| component.find(name).map(|line| single(&line.text())).unwrap_or_default();
            self.skips.listed.push(Skipped {
                component: single(&component.name),
                uid: text("UID"),
                summary: text("SUMMARY"),
                reason: reason.to_owned(),
                line: component.line,
            });
        }
    }

    fn remark(&mut self, line: usize, text: &str) {
        if self.remarks.len() < REMARKS && self.remarks.iter().all(|known| known.text != text) {
            self.remarks.push(Remark { line, text: clean(text, LINE_LETTERS) });
        }
    }

    /// Reads an event; one that cannot be read is skipped.
    fn kept(&mut self, component: &Component) -> Option<Event> {
        self.zones.set_calendar_zone(self.calendar_zones.get(&component.calendar).cloned());
        match self.event(component) {
            Ok(event) if self.is_cancellation => Some(Event { status: Status::Cancelled, ..event }),
            Ok(event) => Some(event),
            Err(reason) => {
                self.skip(component, &reason);
                None
            }
        }
    }

    fn event(&mut self, component: &Component) -> Result<Event, String> {
        let lines = component.lines.as_slice();
        let find = |name: &str| component.find(name);
        let text = |name: &str| find(name).map(|line| single(&line.text())).unwrap_or_default();
        let line = find("DTSTART").ok_or("It has no start.")?;
        self.zones.set_event_zone(None);
        self.remarks.clear();
        self.line = component.line_of("DTSTART");
        if component.end == End::Missing {
            self.remark(component.line, "Its end is missing in the file.");
        }
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
            rrule: None,
            further_rules: Vec::new(),
            exclusion_rules: self.rules(component, "EXRULE", &start),
            rdates: self.dates(lines, "RDATE", &start),
            exdates: self.dates(lines, "EXDATE", &start).into_iter().map(|date| date.start).collect(),
            organizer: find("ORGANIZER").map(person).unwrap_or_default(),
            attendees: lines.iter().filter(|line| line.is("ATTENDEE")).count(),
            start,
            end,
            line: component.line,
            remarks: Vec::new(),
        };
        let mut rules = self.rules(component, "RRULE", &event.start).into_iter();
        (event.rrule, event.further_rules) = (rules.next(), rules.collect());
        if let Some(name) = find("DTSTART").and_then(|line| line.parameter("TZID")) {
            self.settle_zone(&mut event, &name);
        }
        if event.uid.is_empty() {
            event.uid = derived_uid(&event);
        }
        event.remarks = std::mem::take(&mut self.remarks);
        Ok(event)
    }

    /// Returns the rules of a property, mended; what was changed is remarked.
    fn rules(&mut self, component: &Component, name: &str, start: &Moment) -> Vec<String> {
        let mut result = Vec::new();
        let all = component.lines.iter().zip(&component.numbers).filter(|(line, _)| line.is(name));
        for (line, number) in all.take(RULES) {
            // To find out which end comes first, the rule is expanded: for some thousand rules.
            self.rules += 1;
            let start = Some(start).filter(|_| self.rules <= EXPANDED_RULES);
            let (rule, changes) = rule::read(&single(line.value()), start);
            for change in changes {
                self.remark(*number, &change);
            }
            if !rule.is_empty() {
                result.push(rule);
            }
        }
        result
    }

    /// Moves the times of an event from the zone that the calendar defines to a known one that keeps the same time. A
    /// series that no known zone fits keeps the defined one.
    fn settle_zone(&mut self, event: &mut Event, name: &str) {
        let Moment::Time(start) = &event.start else { return };
        let defined = start.time_zone().clone();
        if !is_defined(&defined) {
            return;
        }
        let is_series = event.rrule.is_some() || !event.rdates.is_empty() || !event.further_rules.is_empty();
        let instants: Vec<Timestamp> = event.times().map(Zoned::timestamp).collect();
        let (Some(first), Some(last)) = (instants.iter().min(), instants.iter().max()) else { return };
        let last = match event.rrule.as_deref().or(event.further_rules.first().map(String::as_str)) {
            Some(rule) => rule::end(rule, *first).max(*last),
            None => *last,
        };
        let alike = self.zones.alike(name, &defined, (*first, last));
        // Dates of a list may be beyond the span.
        let alike = alike.filter(|zone| self.zones.is_alike_at(zone, &defined, &instants));
        let zone = match alike {
            Some(zone) => zone,
            None if is_series => return,
            None => self.zones.alike_at(name, &defined, &instants),
        };
        for time in event.times_mut() {
            if is_defined(time.time_zone()) {
                *time = time.with_time_zone(zone.clone());
            }
        }
    }
}

impl Event {
    fn moments(&self) -> impl Iterator<Item = &Moment> {
        let dates = self.rdates.iter().flat_map(|date| std::iter::once(&date.start).chain(&date.end));
        [&self.start, &self.end].into_iter().chain(&self.recurrence_id).chain(dates).chain(&self.exdates)
    }

    fn times(&self) -> impl Iterator<Item = &Zoned> {
        self.moments().filter_map(|moment| match moment {
            Moment::Time(time) => Some(time),
            Moment::Day(_) => None,
        })
    }

    fn times_mut(&mut self) -> impl Iterator<Item = &mut Zoned> {
        let dates =
            self.rdates.iter_mut().flat_map(|date| std::iter::once(&mut date.start).chain(&mut date.end));
        let moments = [&mut self.start, &mut self.end]
            .into_iter()
            .chain(&mut self.recurrence_id)
            .chain(dates)
            .chain(&mut self.exdates);
        moments.filter_map(|moment| match moment {
            Moment::Time(time) => Some(time),
            Moment::Day(_) => None,
        })
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
