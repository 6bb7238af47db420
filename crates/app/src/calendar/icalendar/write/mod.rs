//! Writing a calendar by RFC 5545 and 7986: single entries, and whole series with their rule.
//!
//! It is the same bytes for the same data, so that a program that asks again learns that nothing changed.

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
use obcms_store::calendar::event_metadata::Facts;

use crate::calendar::{Entry, Feed, digest};

/// What follows the stable name of an entry in its UID. It is the same in every installation and for ever, so that a
/// calendar program knows an entry again wherever the program moved.
pub const UID_SUFFIX: &str = "@obcms";

/// How often a program should ask again.
const REFRESH: &str = "PT1H";

/// Years after the last date of a calendar for which zones are told one by one; rules go on after them.
const YEARS_AFTER: i16 = 3;

/// What a calendar says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The module whose colour it has, when it is about one.
    pub module: Option<Module>,
    /// Address of the installation without a slash at the end; nothing when nobody knows it.
    pub address: Option<String>,
}

/// One entry as it goes out: the same for everybody who reaches the installation at the same address.
#[derive(Debug)]
pub struct Component {
    /// Tells the address of the installation, which is in the text, from others.
    address: u64,
    text: Box<[u8]>,
    zones: Vec<Use>,
    updated_at: Option<Timestamp>,
    /// Tells the text from others.
    digest: u64,
}

/// The years in which an entry uses a zone.
#[derive(Debug)]
struct Use {
    zone: String,
    first: i16,
    /// Nothing when it goes on for ever.
    last: Option<i16>,
}

/// A calendar as it goes out.
#[derive(Clone, Debug)]
pub struct SerializedCalendar {
    head: Vec<u8>,
    components: Vec<Arc<Component>>,
    /// When something in it was last changed.
    pub last_modified: Option<Timestamp>,
    /// A number by which somebody who has it knows that it is still the same.
    pub digest: u64,
}

impl SerializedCalendar {
    /// How many pieces it consists of.
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

/// The entries of a feed as they were written before for whoever reaches the installation at this address; nothing
/// for those that were not.
pub(super) fn known(feed: &Feed, about: &About) -> Vec<Option<Arc<Component>>> {
    let address = digest(about.address.as_deref().unwrap_or_default().as_bytes());
    let known = |entry: &Entry| entry.component().get().filter(|known| known.address == address).cloned();
    feed.entries.iter().map(known).collect()
}

/// Writes the entries of a feed; `known` are those that were written before, `facts` those of the records of the others,
/// `window_end` is as far as the feed looks.
#[must_use]
pub(super) fn write(
    feed: &Feed,
    known: Vec<Option<Arc<Component>>>,
    facts: &HashMap<Id, Facts>,
    about: &About,
    office: &TimeZone,
    window_end: Timestamp,
) -> SerializedCalendar {
    let writer = entry::Writer::new(feed, facts, about, office);
    let new = |entry: &Entry| {
        let component = Arc::new(writer.write(entry));
        // It stays as it is for the address that asked first, as a rule the only one.
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

/// The zones of all entries, with the years in which they are used.
fn used(components: &[Arc<Component>], window_end: Timestamp) -> BTreeMap<&str, Years> {
    let mut used: BTreeMap<&str, Years> = BTreeMap::new();
    // What goes on for ever is told as far as the window goes; rules of zones go on after it.
    let end = TimeZone::UTC.to_datetime(window_end).year();
    for one in components.iter().flat_map(|component| &component.zones) {
        let years = used.entry(&one.zone).or_default();
        years.include(one.first);
        years.include(one.last.unwrap_or(end).max(one.first));
    }
    used
}

/// What stands before the entries.
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

/// The years in which a zone is used.
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
