//! Reading of a whole file: all events together, or one after another.

use std::collections::HashMap;
use std::hash::RandomState;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use jiff::tz::TimeZone;

use super::zones::Zones;
use super::{Calendar, Event, ReadError, Reader, Skipped};
use crate::Limits;

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
pub(super) fn read_within(bytes: &[u8], fallback: &TimeZone, limits: Limits) -> Result<Calendar, ReadError> {
    let mut file = File::open(Cursor::new(bytes), fallback, limits)?;
    let mut versions = Versions::default();
    file.events(&mut |_, event| versions.extend(event))?;
    let Skips { listed, count } = file.reader.skips;
    Ok(Calendar {
        name: file.reader.name,
        events: versions.events,
        skipped: listed,
        skipped_count: count,
        is_cut_off: file.reader.is_cut_off,
    })
}

/// File whose events are read one after another, so that they need not be in memory together. Its source is read twice.
pub struct File<'a, R> {
    source: R,
    limits: Limits,
    reader: Reader<'a>,
    /// Number of components of each group.
    groups: HashMap<u64, usize>,
}

impl<'a, R: Read + Seek> File<'a, R> {
    /// Opens a file: reads what holds for all events.
    ///
    /// Times without a zone use the zone of the calendar (`X-WR-TIMEZONE`), else `fallback`.
    ///
    /// # Errors
    ///
    /// Refuses files that are too large or have neither a calendar nor an event, and sources that cannot be read.
    pub fn open(mut source: R, fallback: &'a TimeZone, limits: Limits) -> Result<Self, ReadError> {
        let length = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
        if usize::try_from(length).map_or(true, |length| length > limits.bytes) {
            return Err(ReadError::TooLarge(limits.bytes));
        }
        source.rewind().map_err(unreadable)?;
        let mut reader = Reader {
            name: String::new(),
            skips: Skips::default(),
            is_cut_off: false,
            zones: Zones::new(fallback),
            calendar_zones: HashMap::new(),
            remarks: Vec::new(),
            line: 0,
            rules: 0,
            has_calendar: false,
            is_cancellation: false,
            hasher: RandomState::new(),
        };
        // Definitions may follow the events that need them.
        let groups = reader.definitions(&mut source, &limits).map_err(unreadable)?;
        if !reader.has_calendar && groups.is_empty() {
            return Err(ReadError::NotACalendar);
        }
        Ok(Self { source, limits, reader, groups })
    }

    /// Returns the name (`X-WR-CALNAME`, or `NAME` of RFC 7986 section 5.1), or nothing.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.reader.name
    }

    /// Returns true if the file ends before the calendar does, so that events may be missing.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        self.reader.is_cut_off
    }

    /// Calls `found` with the events, in the order in which the file completes them: those of one UID together, one for
    /// each recurrence id and, of those without one, start. Further UIDs may be among them. Returns what was skipped.
    ///
    /// In memory are the events of UIDs of which the file has more.
    ///
    /// # Errors
    ///
    /// Returns the first error of `found`, which is not called again, and fails if the source cannot be read.
    pub fn each<E: From<ReadError>>(
        mut self,
        mut found: impl FnMut(Vec<Event>) -> Result<(), E>,
    ) -> Result<Skips, E> {
        let mut open: HashMap<u64, Versions> = HashMap::new();
        let (mut left, mut result) = (std::mem::take(&mut self.groups), Ok(()));
        self.events(&mut |group, event| {
            if result.is_err() {
                return;
            }
            let versions = open.entry(group).or_default();
            versions.extend(event);
            let others = left.get_mut(&group);
            if let Some(others) = others.filter(|others| **others > 1) {
                *others -= 1;
            } else if let Some(versions) = open.remove(&group).filter(|whole| !whole.events.is_empty()) {
                result = found(versions.events);
            }
        })?;
        result.map(|()| self.reader.skips)
    }

    /// Reads the events. Calls `found` with the group of each, and nothing for one that was skipped.
    fn events(&mut self, found: &mut dyn FnMut(u64, Option<Event>)) -> Result<(), ReadError> {
        self.source.rewind().map_err(unreadable)?;
        self.reader.events(&mut self.source, &self.limits, found).map_err(unreadable)
    }
}

fn unreadable(_: io::Error) -> ReadError {
    ReadError::Unreadable
}

/// Skipped components.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skips {
    /// First ones, [`SKIPPED_AT_MOST`](super::SKIPPED_AT_MOST) at most.
    pub listed: Vec<Skipped>,
    /// Number of all.
    pub count: usize,
}

/// Events of which the latest version is kept.
#[derive(Default)]
struct Versions {
    events: Vec<Event>,
    /// Places of the events by UID, and recurrence id or start.
    places: HashMap<(String, String), usize>,
}

impl Versions {
    /// Keeps an event, unless there is a later version of it.
    fn extend(&mut self, event: Option<Event>) {
        let Some(event) = event else { return };
        // Some programs give one UID to events on different days; versions of one event have one start.
        let name = event
            .recurrence_id
            .as_ref()
            .map_or_else(|| format!("start {}", event.start), ToString::to_string);
        let key = (event.uid.clone(), name);
        match self.places.get(&key).and_then(|place| self.events.get_mut(*place)) {
            // Of two versions, the higher `SEQUENCE` wins, then the later one.
            Some(other) if other.sequence > event.sequence => {}
            Some(other) => *other = event,
            None => {
                self.places.insert(key, self.events.len());
                self.events.push(event);
            }
        }
    }
}
