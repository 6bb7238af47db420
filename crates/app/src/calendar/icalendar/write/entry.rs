//! Serializer of one calendar entry as VEVENT.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::series::FOREVER;
use obcms_domain::calendar::{is_called_off, unfloating};
use obcms_domain::choices;
use obcms_domain::core::id::Id;
use obcms_domain::registry::{FieldType, Module};
use obcms_icalendar::write::{Day, LineWriter, Local, Utc};
use obcms_recur::Moment;
use obcms_store::calendar::EntryRow;
use obcms_store::calendar::event_metadata::EventMetadata;

use super::series::Series;
use super::{About, Component, UID_SUFFIX, Use};
use crate::calendar::{Entry, Feed, address, digest};

/// Maximum length of a description in characters. The page of the entry shows all of it.
const DESCRIPTION_LETTERS: usize = 2000;

/// Serializer of the entries of one feed.
pub(super) struct Writer<'a> {
    feed: &'a Feed,
    metadata: &'a HashMap<Id, EventMetadata>,
    about: &'a About,
    office: &'a TimeZone,
}

/// Values of one VEVENT: the entry itself, or an override of a series.
struct Appearance<'a> {
    title: &'a str,
    status: &'a str,
    priority: &'a str,
    location: &'a str,
    people: Cow<'a, [Id]>,
    all_day: bool,
    timezone: &'a str,
    start: Timestamp,
    end: Timestamp,
    /// Recurrence id of an override, or empty.
    recurrence: &'a str,
}

impl<'a> Writer<'a> {
    pub fn new(
        feed: &'a Feed,
        metadata: &'a HashMap<Id, EventMetadata>,
        about: &'a About,
        office: &'a TimeZone,
    ) -> Self {
        Self { feed, metadata, about, office }
    }

    /// Serializes an entry. A series has its rule in one VEVENT and a further VEVENT for each override.
    pub fn write(&self, entry: &Entry) -> Component {
        let series = self.series(entry);
        let mut text = LineWriter::with_capacity(1024);
        self.components(&mut text, entry, series.as_ref());
        let text = text.into_bytes();
        Component {
            address: digest(self.about.address.as_deref().unwrap_or_default().as_bytes()),
            digest: digest(&text),
            zones: self.zones_of(&entry.row, series.as_ref()),
            updated_at: self.metadata.get(&entry.row.record_id).map(|metadata| metadata.updated_at),
            text: text.into(),
        }
    }

    /// Returns the zones of an entry with the years of their use.
    fn zones_of(&self, row: &EntryRow, series: Option<&Series>) -> Vec<Use> {
        let used = |all_day: bool, timezone: &str, start: Timestamp, end: Timestamp| {
            let (name, zone) = self.zone(all_day, timezone)?;
            let year = |instant: Timestamp| zone.to_datetime(instant).year();
            Some(Use { zone: name, first: year(start), last: (end < FOREVER).then(|| year(end)) })
        };
        let changed = series.into_iter().flat_map(|series| &series.changed);
        let of_changed = changed
            .filter_map(|changed| used(changed.all_day, &changed.timezone, changed.start, changed.end));
        used(row.all_day, &row.timezone, row.start, row.end).into_iter().chain(of_changed).collect()
    }

    /// Parses the series of an entry.
    fn series(&self, entry: &Entry) -> Option<Series> {
        let row = &entry.row;
        let series = row.series.as_ref()?;
        let zone = if row.all_day { TimeZone::UTC } else { self.zone_or_office(&row.timezone) };
        Series::read(series, &zone)
    }

    fn zone_or_office(&self, name: &str) -> TimeZone {
        TimeZone::get(name).unwrap_or_else(|_| self.office.clone())
    }

    /// Returns name and rules of the zone for the local times of a VEVENT. `None` for all-day entries and for UTC.
    fn zone(&self, all_day: bool, name: &str) -> Option<(String, TimeZone)> {
        if all_day {
            return None;
        }
        let zone = self.zone_or_office(name);
        let name = zone.iana_name()?;
        let is_utc = ["UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/GMT"].contains(&name);
        (!is_utc).then(|| (name.to_owned(), zone.clone()))
    }

    fn components(&self, text: &mut LineWriter, entry: &Entry, series: Option<&Series>) {
        let row = &entry.row;
        let alone = Appearance {
            title: &row.title,
            status: &row.status,
            priority: &row.priority,
            location: &row.location,
            people: Cow::Borrowed(&row.people),
            all_day: row.all_day,
            timezone: &row.timezone,
            start: row.start,
            end: row.end,
            recurrence: "",
        };
        let Some(series) = series else {
            return self.component(text, entry, &alone, |_| {});
        };
        let of_series = |start: Timestamp, end: Timestamp| Appearance {
            people: Cow::Borrowed(&row.people),
            start,
            end,
            ..alone
        };
        let start = series.instant(series.first);
        self.component(text, entry, &of_series(start, series.end_of(start)), |text| {
            if let Some(rule) = &series.rule {
                text.plain("RRULE", rule);
            }
            for (name, dates) in [("RDATE", &series.additions), ("EXDATE", &series.exclusions)] {
                for date in dates {
                    self.local(text, name, row, *date, series.instant(*date));
                }
            }
        });
        for (date, end) in &series.periods {
            let start = series.instant(*date);
            let name = date.to_string();
            let shown = Appearance { recurrence: &name, ..of_series(start, *end) };
            self.component(text, entry, &shown, |text| self.local(text, "RECURRENCE-ID", row, *date, start));
        }
        for changed in &series.changed {
            let Ok(date) = Moment::from_str(&changed.id) else {
                continue;
            };
            let shown = Appearance {
                title: &changed.title,
                status: &changed.status,
                priority: &changed.priority,
                location: &changed.location,
                people: Cow::Owned(obcms_domain::calendar::people_of(&changed.people).collect()),
                all_day: changed.all_day,
                timezone: &changed.timezone,
                start: changed.start,
                end: changed.end,
                recurrence: &changed.id,
            };
            let original = series.instant(date);
            self.component(text, entry, &shown, |text| {
                self.local(text, "RECURRENCE-ID", row, date, original);
            });
        }
    }

    /// Writes an occurrence with the value type of the series start.
    fn local(&self, text: &mut LineWriter, name: &str, row: &EntryRow, date: Moment, instant: Timestamp) {
        match (date, self.zone(row.all_day, &row.timezone)) {
            (Moment::Date(day), _) => text.plain(&format!("{name};VALUE=DATE"), Day(day)),
            (Moment::DateTime(local), Some((zone, _))) => {
                text.plain(&format!("{name};TZID={zone}"), Local(local));
            }
            (Moment::DateTime(_), None) => text.plain(name, Utc(instant)),
        }
    }

    fn component(
        &self,
        text: &mut LineWriter,
        entry: &Entry,
        shown: &Appearance<'_>,
        dates: impl FnOnce(&mut LineWriter),
    ) {
        text.plain("BEGIN", "VEVENT");
        text.plain("UID", format_args!("{}{UID_SUFFIX}", entry.id()));
        dates(text);
        self.appearance(text, entry, shown);
        text.plain("END", "VEVENT");
    }

    /// Writes the properties that a series and its overrides share.
    fn appearance(&self, text: &mut LineWriter, entry: &Entry, shown: &Appearance<'_>) {
        if let Some(metadata) = self.metadata.get(&entry.row.record_id) {
            // Without METHOD, DTSTAMP is the time of the last change (RFC 5545 3.8.7.2).
            text.plain("DTSTAMP", Utc(metadata.updated_at));
            text.plain("CREATED", Utc(metadata.created_at));
            text.plain("LAST-MODIFIED", Utc(metadata.updated_at));
            text.plain("SEQUENCE", metadata.version - 1);
        } else {
            text.plain("DTSTAMP", Utc(entry.row.start));
        }
        self.moment(text, "DTSTART", shown, shown.start);
        // DTEND must be after DTSTART; an entry without duration has no DTEND (RFC 5545 3.6.1 and 3.8.2.2).
        if shown.end > shown.start {
            self.moment(text, "DTEND", shown, shown.end);
        }
        text.text("SUMMARY", shown.title);
        let status = status(shown.status);
        text.plain("STATUS", status);
        text.text("CATEGORIES", entry.module().label());
        text.plain("COLOR", color(entry.module()));
        let is_free = shown.all_day || status == "CANCELLED";
        text.plain("TRANSP", if is_free { "TRANSPARENT" } else { "OPAQUE" });
        if let Some(priority) = priority(shown.priority) {
            text.plain("PRIORITY", priority);
        }
        if !shown.location.is_empty() {
            text.text("LOCATION", shown.location);
        }
        let page =
            self.about.address.as_ref().map(|base| {
                format!("{base}{}", address(entry.row.kind, entry.row.record_id, shown.recurrence))
            });
        if let Some(page) = &page {
            text.plain("URL", page);
        }
        let description = self.description(entry, shown, page.as_deref());
        if !description.is_empty() {
            text.text("DESCRIPTION", &description);
        }
    }

    fn moment(&self, text: &mut LineWriter, name: &str, shown: &Appearance<'_>, instant: Timestamp) {
        if shown.all_day {
            text.plain(&format!("{name};VALUE=DATE"), Day(unfloating(instant)));
        } else if let Some((zone_name, zone)) = self.zone(false, shown.timezone) {
            let local = zone.to_datetime(instant);
            // A local time that occurs twice means its first occurrence (RFC 5545 3.3.5).
            // The second one is written in UTC.
            if zone.to_ambiguous_timestamp(local).compatible().is_ok_and(|first| first == instant) {
                text.plain(&format!("{name};TZID={zone_name}"), Local(local));
            } else {
                text.plain(name, Utc(instant));
            }
        } else {
            text.plain(name, Utc(instant));
        }
    }

    /// Builds the description. People appear by name only, because an address would make a program send invitations.
    fn description(&self, entry: &Entry, shown: &Appearance<'_>, page: Option<&str>) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(metadata) = self.metadata.get(&entry.row.record_id) {
            let description = metadata.description.trim();
            match description.char_indices().nth(DESCRIPTION_LETTERS) {
                Some((end, _)) => parts.push(format!("{}…", description[..end].trim_end())),
                None if !description.is_empty() => parts.push(description.to_owned()),
                None => {}
            }
            if !metadata.link.is_empty() {
                parts.push(format!("Join: {}", metadata.link));
            }
        }
        let mut details = vec![entry.row.kind.label.to_owned()];
        if !shown.status.is_empty() {
            details.push(state_label(entry, shown.status).to_owned());
        }
        let names: Vec<&str> =
            shown.people.iter().filter_map(|id| self.feed.names.get(id)).map(String::as_str).collect();
        let mut last = details.join(" · ");
        if !names.is_empty() {
            last.push_str(&format!("\nPeople: {}", names.join(", ")));
        }
        if let Some(page) = page {
            last.push_str(&format!("\n{page}"));
        }
        parts.push(last);
        parts.join("\n\n")
    }
}

/// Returns the label of a state.
fn state_label<'a>(entry: &Entry, status: &'a str) -> &'a str {
    match entry.row.kind.field(entry.row.kind.state).map(|field| field.data) {
        Some(FieldType::Choice(list)) => choices::label(list, status),
        _ => status,
    }
}

/// Maps a state to one of the three STATUS values of iCalendar (RFC 5545 3.8.1.11).
fn status(state: &str) -> &'static str {
    match state {
        _ if is_called_off(state) => "CANCELLED",
        "draft" | "concept" | "proposed" | "tentative" | "pending" | "postponed" => "TENTATIVE",
        _ => "CONFIRMED",
    }
}

/// Maps a priority to PRIORITY (RFC 5545 3.8.1.9): 1 is the highest, 9 the lowest.
fn priority(priority: &str) -> Option<u8> {
    match priority {
        "critical" | "urgent" => Some(1),
        "high" => Some(3),
        "medium" => Some(5),
        "low" => Some(9),
        _ => None,
    }
}

/// Returns the color of a module as a CSS color name (RFC 7986 5.9).
pub(super) const fn color(module: Module) -> &'static str {
    match module {
        Module::Coordination => "royalblue",
        Module::Mana => "seagreen",
        Module::Projects => "darkorchid",
        Module::Tasks => "blueviolet",
        Module::Policy => "darkorange",
        Module::Services => "teal",
        Module::Staff => "steelblue",
        Module::Communities => "crimson",
        Module::Resources => "goldenrod",
        Module::Holidays => "gray",
        Module::External | Module::Administration => "slategray",
    }
}
