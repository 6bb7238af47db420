//! iCalendar serializer by RFC 5545 and RFC 7986, for single entries and whole series.
//!
//! The same data yields the same bytes, so a program that polls sees that nothing changed.

mod entry;
mod series;

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::core::id::Id;
use obcms_domain::registry::Module;
use obcms_icalendar::write::{LineWriter, Utc, write_zone};
use obcms_store::calendar::event_metadata::EventMetadata;

use crate::calendar::{Entry, Feed, digest};

/// Suffix of the entry id in a UID. It is the same in every installation and never changes, so that calendar programs
/// recognize an entry after the installation has moved.
pub const UID_SUFFIX: &str = "@obcms";

/// Refresh interval suggested to calendar programs.
const REFRESH: &str = "PT1H";

/// Years after the last occurrence for which zone transitions are written one by one.
/// Recurring zone rules cover later years.
const YEARS_AFTER: i16 = 3;

/// Calendar properties.
#[derive(Clone, Debug)]
pub struct About {
    /// Name of the calendar.
    pub name: String,
    /// Module that determines the color, if the calendar has only one.
    pub module: Option<Module>,
    /// Base address of the installation without a trailing slash, if known.
    pub address: Option<String>,
}

/// Serialized entry, shared by all requests for the same base address.
#[derive(Debug)]
pub struct Component {
    /// Hash of the base address, which is part of the text.
    address: u64,
    text: Box<[u8]>,
    zones: Vec<Use>,
    updated_at: Option<Timestamp>,
    /// Hash of the text.
    digest: u64,
}

/// Years in which an entry uses a zone.
#[derive(Debug)]
struct Use {
    zone: String,
    first: i16,
    /// Last year; `None` for a series without end.
    last: Option<i16>,
}

/// Serialized calendar.
#[derive(Clone, Debug)]
pub struct SerializedCalendar {
    head: Vec<u8>,
    components: Vec<Arc<Component>>,
    /// Time of the last change of any entry.
    pub last_modified: Option<Timestamp>,
    /// Hash of the contents, for the entity tag.
    pub digest: u64,
}

impl SerializedCalendar {
    /// Returns the number of pieces.
    #[must_use]
    pub fn count(&self) -> usize {
        self.components.len() + 2
    }

    /// Writes the piece at a position.
    pub fn write(&self, position: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(match position.checked_sub(1).map(|entry| self.components.get(entry)) {
            None => &self.head,
            Some(Some(component)) => &component.text,
            Some(None) => b"END:VCALENDAR\r\n",
        });
    }
}

/// Returns the components that are already serialized for this base address. `None` for the others.
pub(super) fn known(feed: &Feed, about: &About) -> Vec<Option<Arc<Component>>> {
    let address = digest(about.address.as_deref().unwrap_or_default().as_bytes());
    let known = |entry: &Entry| entry.component().get().filter(|known| known.address == address).cloned();
    feed.entries.iter().map(known).collect()
}

/// Serializes the entries of a feed. `known` has the components already serialized, `metadata` the metadata of the other
/// records. `window_end` is the end of the window of the feed.
#[must_use]
pub(super) fn write(
    feed: &Feed,
    known: Vec<Option<Arc<Component>>>,
    metadata: &HashMap<Id, EventMetadata>,
    about: &About,
    office: &TimeZone,
    window_end: Timestamp,
) -> SerializedCalendar {
    let writer = entry::Writer::new(feed, metadata, about, office);
    let new = |entry: &Entry| {
        let component = Arc::new(writer.write(entry));
        // The slot stays with the base address that asked first, usually the only one.
        let _ = entry.component().set(Arc::clone(&component));
        component
    };
    let components = feed.entries.iter().zip(known);
    let components: Vec<Arc<Component>> =
        components.map(|(entry, known)| known.unwrap_or_else(|| new(entry))).collect();
    let last_modified = components.iter().filter_map(|component| component.updated_at).max();
    let head = head(about, office, last_modified, &used(&components, window_end));
    let mut hasher = DefaultHasher::new();
    hasher.write(&head);
    components.iter().for_each(|component| hasher.write_u64(component.digest));
    SerializedCalendar { head, components, last_modified, digest: hasher.finish() }
}

/// Returns the zones of all entries with the years of their use.
fn used(components: &[Arc<Component>], window_end: Timestamp) -> BTreeMap<&str, Years> {
    let mut used: BTreeMap<&str, Years> = BTreeMap::new();
    // A series without end counts up to the end of the window. Recurring zone rules cover later years.
    let end = TimeZone::UTC.to_datetime(window_end).year();
    for one in components.iter().flat_map(|component| &component.zones) {
        let years = used.entry(&one.zone).or_default();
        years.include(one.first);
        years.include(one.last.unwrap_or(end).max(one.first));
    }
    used
}

/// Serializes the part before the entries.
fn head(
    about: &About,
    office: &TimeZone,
    last_modified: Option<Timestamp>,
    zones: &BTreeMap<&str, Years>,
) -> Vec<u8> {
    let mut text = LineWriter::with_capacity(4096);
    text.plain("BEGIN", "VCALENDAR");
    text.plain("VERSION", "2.0");
    text.plain("PRODID", "-//obcms//Calendar//EN");
    text.plain("CALSCALE", "GREGORIAN");
    text.text("NAME", &about.name);
    text.text("X-WR-CALNAME", &about.name);
    if let Some(name) = office.iana_name() {
        text.plain("X-WR-TIMEZONE", name);
    }
    if let Some(module) = about.module {
        text.plain("COLOR", entry::color(module));
        text.plain("X-APPLE-CALENDAR-COLOR", module.color());
    }
    if let Some(address) = &about.address {
        text.plain("URL", format_args!("{address}/calendar"));
    }
    if let Some(moment) = last_modified {
        text.plain("LAST-MODIFIED", Utc(moment));
    }
    text.plain("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    text.plain("X-PUBLISHED-TTL", REFRESH);
    for (name, years) in zones {
        if let Ok(zone) = TimeZone::get(name) {
            write_zone(&mut text, &zone, name, years.first - 1, years.last.saturating_add(YEARS_AFTER));
        }
    }
    text.into_bytes()
}

/// Range of years in which a zone is used.
#[derive(Clone, Copy, Debug)]
struct Years {
    first: i16,
    last: i16,
}

impl Default for Years {
    fn default() -> Self {
        Self { first: i16::MAX, last: i16::MIN }
    }
}

impl Years {
    fn include(&mut self, year: i16) {
        self.first = self.first.min(year);
        self.last = self.last.max(year);
    }
}
