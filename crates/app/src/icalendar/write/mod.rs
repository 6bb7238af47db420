//! Writing a calendar by RFC 5545 and 7986: single entries, and whole series with their rule.
//!
//! It is the same bytes for the same data, so that a program that asks again learns that nothing changed.

mod entry;
mod series;
mod text;
mod values;
mod zones;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::id::Id;
use obcms_domain::registry::Module;
use obcms_store::calendar_facts::Facts;

use crate::calendar::Feed;
use text::Text;
use values::Utc;

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

/// A calendar as it goes out.
#[derive(Clone, Debug)]
pub struct Written {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When something in it was last changed.
    pub last_modified: Option<Timestamp>,
}

/// Writes the entries of a feed; `facts` are those of their records, `window_end` is as far as the feed looks.
#[must_use]
pub fn write(
    feed: &Feed,
    facts: &HashMap<Id, Facts>,
    about: &About,
    office: &TimeZone,
    window_end: Timestamp,
) -> Written {
    let last_modified = facts.values().map(|facts| facts.updated_at).max();
    let mut text = Text::with_capacity(1024 + feed.entries.len() * 700);
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
    let writer = entry::Writer::new(feed, facts, about, office, window_end);
    let mut used: BTreeMap<String, Years> = BTreeMap::new();
    for entry in &feed.entries {
        writer.zones_of(entry, &mut |zone, year| used.entry(zone.to_owned()).or_default().take_in(year));
    }
    for (name, years) in used {
        if let Ok(zone) = TimeZone::get(&name) {
            zones::write(&mut text, &zone, &name, years.first - 1, years.last.saturating_add(YEARS_AFTER));
        }
    }
    for entry in &feed.entries {
        writer.write(&mut text, entry);
    }
    text.plain("END", "VCALENDAR");
    Written { bytes: text.into_bytes(), last_modified }
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
    fn take_in(&mut self, year: i16) {
        self.first = self.first.min(year);
        self.last = self.last.max(year);
    }
}
