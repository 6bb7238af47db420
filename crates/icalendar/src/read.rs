//! Reading a calendar: lenient in form, strict in size, and without a panic whatever the bytes are.

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

use crate::lines::{Line, as_eight_bits, unfold};
use definition::Definition;
use values::Written;
use zones::{Zones, by_name};

/// What is read of a calendar at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes; a larger calendar is refused.
    pub bytes: usize,
    /// Events; those after them are skipped.
    pub events: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 10 * 1024 * 1024, events: 20_000 }
    }
}

/// Skipped components that are told one by one; the others are counted.
pub const SKIPPED_AT_MOST: usize = 200;
/// Letters of a title, a place or another line of text; what is longer is cut.
const LINE_LETTERS: usize = 500;
/// Letters of a description.
const TEXT_LETTERS: usize = 20_000;
/// Dates added to a series or taken from it.
const DATES: usize = 5_000;
/// Components within components.
const DEPTH: usize = 8;
/// Lines that are read; the largest allowed calendar has fewer, unless they are of no use.
const LINES: usize = 500_000;
/// Zones that a calendar defines.
const DEFINITIONS: usize = 200;
/// Years in which an event may be.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A calendar as it was read.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// What it calls itself, or empty.
    pub name: String,
    /// Its events: single ones, series, and changed occurrences of series, in the order of the file; one for each
    /// uid and recurrence id.
    pub events: Vec<Event>,
    /// What was not read, [`SKIPPED_AT_MOST`] at most.
    pub skipped: Vec<Skipped>,
    /// How many components were not read in all.
    pub skipped_count: usize,
    /// The file is incomplete: there may have been more events than these.
    pub is_cut_off: bool,
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name for ever. An event without one gets one from its start and title, so that reading twice is the same.
    pub uid: String,
    /// The occurrence of the series with this uid that is changed by it.
    pub recurrence_id: Option<Moment>,
    /// The change is for all following occurrences, too.
    pub and_following: bool,
    /// Grows with each change, where the program that wrote it counts.
    pub sequence: i64,
    /// When it was changed last, else when it was written.
    pub last_modified: Option<Timestamp>,
    /// Title; may be empty.
    pub summary: String,
    /// Description, or empty.
    pub description: String,
    /// Place, or empty.
    pub location: String,
    /// Address of a page about it (`http:` or `https:`), or empty.
    pub url: String,
    /// Whether it takes place.
    pub status: Status,
    /// Categories.
    pub categories: Vec<String>,
    /// Whether it leaves its time free.
    pub is_transparent: bool,
    /// Start.
    pub start: Moment,
    /// End, exclusive; of the same sort as the start, and never before it.
    pub end: Moment,
    /// The rule of a series, as it is written.
    pub rrule: Option<String>,
    /// Dates added to the series.
    pub rdates: Vec<Added>,
    /// Dates taken from the series.
    pub exdates: Vec<Moment>,
    /// Name or address of who invites, or empty.
    pub organizer: String,
    /// How many are invited.
    pub attendees: usize,
}

/// A date added to a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// When it starts.
    pub start: Moment,
    /// When it ends, when it does not last as long as the others.
    pub end: Option<Moment>,
}

/// A day, or a time in a zone with a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// A day, wherever one is.
    Day(Date),
    /// An instant with its local time and zone; `time_zone().iana_name()` is always there.
    Time(Zoned),
}

impl Moment {
    /// Whether it is a day.
    #[must_use]
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// The day, in its own zone.
    #[must_use]
    pub fn date(&self) -> Date {
        match self {
            Self::Day(day) => *day,
            Self::Time(time) => time.date(),
        }
    }

    /// The day that is meant where days are: some programs write it as its midnight in their zone, told in UTC.
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
    /// A date, or a local date-time: the form of a recurrence id.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Time(time) => time.datetime().fmt(formatter),
        }
    }
}

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It may.
    Tentative,
    /// It does.
    #[default]
    Confirmed,
    /// It does not.
    Cancelled,
}

/// A component that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its sort: `VEVENT`, `VTODO`.
    pub component: String,
    /// Its uid, or empty.
    pub uid: String,
    /// Its title, or empty.
    pub summary: String,
    /// Why, in words for people.
    pub reason: String,
}

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It has no calendar in it.
    #[error("This is not a calendar file (.ics).")]
    NotACalendar,
    /// It is larger than allowed.
    #[error("This calendar has more than {0} bytes.")]
    TooLarge(usize),
}

/// Reads a calendar within the default limits.
///
/// Times without a zone have the zone that the calendar names (`X-WR-TIMEZONE`), else `fallback`.
pub fn read(bytes: &[u8], fallback: &TimeZone) -> Result<Calendar, ReadError> {
    read_within(bytes, fallback, Limits::default())
}

/// Reads a calendar within limits.
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
    reader.components(unfold(&as_eight_bits(bytes)));
    if !reader.has_calendar && reader.events.is_empty() {
        return Err(ReadError::NotACalendar);
    }
    Ok(reader.finish())
}

struct Reader<'a> {
    calendar: Calendar,
    zones: Zones<'a>,
    /// The zone whose observances are being read.
    definition: Definition,
    definitions: usize,
    /// Lines of the events, with the zone of their calendar: both may be told after them.
    events: Vec<(Vec<Line>, Option<TimeZone>)>,
    /// How many of the events are those of calendars that ended before.
    placed: usize,
    limits: Limits,
    has_calendar: bool,
    /// It tells only that its events do not take place (RFC 5546).
    is_cancellation: bool,
}

impl Reader<'_> {
    fn components(&mut self, lines: impl Iterator<Item = String>) {
        let mut open: Vec<(String, Vec<Line>)> = Vec::new();
        let mut too_deep = 0_usize;
        for line in lines.filter_map(|line| Line::parse(&line)).take(LINES) {
            let named = line.value.trim().to_ascii_uppercase();
            match line.name.as_str() {
                "BEGIN" if open.len() >= DEPTH => too_deep += 1,
                "BEGIN" => open.push((named, Vec::new())),
                "END" if too_deep > 0 => too_deep -= 1,
                "END" => {
                    // One whose end was forgotten ends with the one around it.
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

    fn component(&mut self, name: &str, lines: Vec<Line>) {
        match name {
            "VCALENDAR" => {
                self.has_calendar = true;
                let named = |name: &str| lines.iter().find(|line| line.name == name);
                if let Some(line) = named("X-WR-CALNAME").or_else(|| named("NAME"))
                    && self.calendar.name.is_empty()
                {
                    self.calendar.name = single(&line.text());
                }
                let method = named("METHOD").map(|line| line.value.trim().to_ascii_uppercase());
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
                let text = |name: &str| lines.iter().find(|line| line.name == name).map(Line::text);
                self.definitions += 1;
                if let (Some(id), true) = (text("TZID"), self.definitions <= DEFINITIONS) {
                    self.zones.define(id.trim(), text("X-LIC-LOCATION").as_deref(), definition);
                }
            }
            "VTODO" => self.skip(name, &lines, "It is a to-do, not an event."),
            "VJOURNAL" => self.skip(name, &lines, "It is a journal, not an event."),
            "VFREEBUSY" => self.skip(name, &lines, "It has only free/busy times."),
            // What belongs to an event, and what nobody knows.
            _ => {}
        }
    }

    fn skip(&mut self, component: &str, lines: &[Line], reason: &str) {
        self.calendar.skipped_count += 1;
        if self.calendar.skipped.len() < SKIPPED_AT_MOST {
            let text = |name: &str| {
                lines
                    .iter()
                    .find(|line| line.name == name)
                    .map(|line| single(&line.text()))
                    .unwrap_or_default()
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
            self.zones.of_calendar(zone);
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
                // Of two with one name, the one that was changed more often counts, then the later one.
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

    fn event(&mut self, lines: &[Line]) -> Result<Event, String> {
        let find = |name: &str| lines.iter().find(|line| line.name == name);
        let text = |name: &str| find(name).map(|line| single(&line.text())).unwrap_or_default();
        let line = find("DTSTART").ok_or("It has no start.")?;
        self.zones.of_event(None);
        let start = self.moment(line, &line.value).ok_or_else(|| no_date("start", line))?;
        if let (Moment::Time(time), Some(_)) = (&start, line.parameter("TZID")) {
            self.zones.of_event(Some(time.time_zone().clone()));
        }
        let end = self.end(&start, find("DTEND"), find("DURATION"))?;
        let recurrence_id = match find("RECURRENCE-ID") {
            Some(line) => Some(self.moment(line, &line.value).ok_or_else(|| no_date("recurrence id", line))?),
            None => None,
        };
        let url = text("URL");
        let lower = url.to_ascii_lowercase();
        let is_page = lower.starts_with("http://") || lower.starts_with("https://");
        let instant = |name: &str| match values::moment(&find(name)?.value)? {
            Written::Time(local, offset) => {
                let utc = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
                utc.checked_sub(i64::from(offset.unwrap_or(0)).seconds()).ok()
            }
            Written::Day(_) => None,
        };
        let mut event = Event {
            uid: text("UID"),
            recurrence_id,
            and_following: find("RECURRENCE-ID")
                .and_then(|line| line.parameter("RANGE"))
                .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE")),
            sequence: find("SEQUENCE").and_then(|line| line.value.trim().parse().ok()).unwrap_or(0),
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
                // Some programs end a rule as they end its parts.
                .map(|line| single(&line.value).trim_end_matches(';').to_owned())
                .filter(|rule| !rule.is_empty()),
            rdates: self.dates(lines, "RDATE", &start),
            exdates: self.dates(lines, "EXDATE", &start).into_iter().map(|date| date.start).collect(),
            organizer: find("ORGANIZER").map(person).unwrap_or_default(),
            attendees: lines.iter().filter(|line| line.name == "ATTENDEE").count(),
            start,
            end,
        };
        if event.uid.is_empty() {
            event.uid = made_up_uid(&event);
        }
        Ok(event)
    }
}

fn no_date(what: &str, line: &Line) -> String {
    format!("Its {what} is not a valid date: {}", clean(&line.value, 60))
}

fn status(text: &str) -> Status {
    match text.to_ascii_uppercase().as_str() {
        "TENTATIVE" => Status::Tentative,
        "CANCELLED" | "CANCELED" => Status::Cancelled,
        _ => Status::Confirmed,
    }
}

fn categories(lines: &[Line]) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    for name in lines.iter().filter(|line| line.name == "CATEGORIES").flat_map(Line::texts) {
        let name = single(&name);
        if !name.is_empty() && result.len() < 20 && !result.contains(&name) {
            result.push(name);
        }
    }
    result
}

/// Name of a person, else the address.
fn person(line: &Line) -> String {
    let name = line.parameter("CN").map(single).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| {
        let address = line.value.trim();
        let plain = address.split_at_checked(7).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto:"));
        single(plain.map_or(address, |(_, rest)| rest))
    })
}

/// A name for an event that has none: the same for the same start and title.
fn made_up_uid(event: &Event) -> String {
    let digest = Sha256::digest(format!("{}\n{}", event.start, event.summary));
    digest[..12].iter().fold(String::from("without-uid-"), |uid, byte| format!("{uid}{byte:02x}"))
}

/// Text as it can be stored and shown: no letters that steer, not longer than this, no blanks around.
fn clean(text: &str, letters: usize) -> String {
    let shown = |letter: &char| *letter == '\n' || *letter == '\t' || !letter.is_control();
    text.replace("\r\n", "\n").chars().filter(shown).take(letters).collect::<String>().trim().to_owned()
}

/// Text of one line.
fn single(text: &str) -> String {
    clean(&text.replace(['\r', '\n', '\t'], " "), LINE_LETTERS)
}
