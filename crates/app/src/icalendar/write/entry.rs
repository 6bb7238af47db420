//! One entry of the calendar as VEVENT.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::unfloating;
use obcms_domain::choices;
use obcms_domain::id::Id;
use obcms_domain::registry::{FieldType, Module};
use obcms_store::calendar_facts::Facts;

use super::text::Text;
use super::values::{Day, Local, Utc};
use super::{About, UID_SUFFIX};
use crate::calendar::{Entry, Feed};

/// Letters of a description at most; the page of the entry has all of it.
const DESCRIPTION_LETTERS: usize = 2000;

/// Writes entries, with what they have in common.
pub(super) struct Writer<'a> {
    feed: &'a Feed,
    facts: &'a HashMap<Id, Facts>,
    about: &'a About,
    office: &'a TimeZone,
}

/// One appearance of an entry: itself, or a changed date of a series.
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
}

impl<'a> Writer<'a> {
    pub fn new(
        feed: &'a Feed,
        facts: &'a HashMap<Id, Facts>,
        about: &'a About,
        office: &'a TimeZone,
    ) -> Self {
        Self { feed, facts, about, office }
    }

    /// Tells the zones of an entry, with years in which they are used.
    pub fn zones_of(&self, entry: &Entry, tell: &mut dyn FnMut(&str, i16)) {
        let row = &entry.row;
        if let Some((name, zone)) = self.zone(row.all_day, &row.timezone) {
            tell(&name, zone.to_datetime(row.start).year());
            tell(&name, zone.to_datetime(row.end).year());
        }
    }

    /// Name and rules of the zone in which an appearance is told; nothing for days and for UTC.
    fn zone(&self, all_day: bool, name: &str) -> Option<(String, TimeZone)> {
        if all_day {
            return None;
        }
        let zone = TimeZone::get(name).unwrap_or_else(|_| self.office.clone());
        let name = zone.iana_name()?;
        let is_utc = ["UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/GMT"].contains(&name);
        (!is_utc).then(|| (name.to_owned(), zone.clone()))
    }

    /// Writes an entry.
    pub fn write(&self, text: &mut Text, entry: &Entry) {
        let row = &entry.row;
        let appearance = Appearance {
            title: &row.title,
            status: &row.status,
            priority: &row.priority,
            location: &row.location,
            people: Cow::Borrowed(&entry.people),
            all_day: row.all_day,
            timezone: &row.timezone,
            start: row.start,
            end: row.end,
        };
        text.plain("BEGIN", "VEVENT");
        text.plain("UID", format_args!("{}{UID_SUFFIX}", entry.id()));
        self.appearance(text, entry, &appearance);
        text.plain("END", "VEVENT");
    }

    /// What a date and the series that it is of both have.
    fn appearance(&self, text: &mut Text, entry: &Entry, shown: &Appearance<'_>) {
        if let Some(facts) = self.facts.get(&entry.row.record_id) {
            // Without a method the stamp is the time of the last change (RFC 5545 3.8.7.2).
            text.plain("DTSTAMP", Utc(facts.updated_at));
            text.plain("CREATED", Utc(facts.created_at));
            text.plain("LAST-MODIFIED", Utc(facts.updated_at));
            text.plain("SEQUENCE", facts.version - 1);
        } else {
            text.plain("DTSTAMP", Utc(entry.row.start));
        }
        self.moment(text, "DTSTART", shown, shown.start);
        self.moment(text, "DTEND", shown, shown.end.max(shown.start));
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
        let page = self
            .about
            .address
            .as_ref()
            .map(|address| format!("{address}{}", entry.kind.url(entry.row.record_id)));
        if let Some(page) = &page {
            text.plain("URL", page);
        }
        let description = self.description(entry, shown, page.as_deref());
        if !description.is_empty() {
            text.text("DESCRIPTION", &description);
        }
    }

    fn moment(&self, text: &mut Text, name: &str, shown: &Appearance<'_>, instant: Timestamp) {
        if shown.all_day {
            text.plain(&format!("{name};VALUE=DATE"), Day(unfloating(instant)));
        } else if let Some((zone_name, zone)) = self.zone(false, shown.timezone) {
            text.plain(&format!("{name};TZID={zone_name}"), Local(zone.to_datetime(instant)));
        } else {
            text.plain(name, Utc(instant));
        }
    }

    /// What is said about the thing; with the people on it by name only, as an address would make a program send
    /// them invitations.
    fn description(&self, entry: &Entry, shown: &Appearance<'_>, page: Option<&str>) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(facts) = self.facts.get(&entry.row.record_id) {
            let written = facts.description.trim();
            match written.char_indices().nth(DESCRIPTION_LETTERS) {
                Some((end, _)) => parts.push(format!("{}…", written[..end].trim_end())),
                None if !written.is_empty() => parts.push(written.to_owned()),
                None => {}
            }
            if !facts.link.is_empty() {
                parts.push(format!("Join: {}", facts.link));
            }
        }
        let mut facts = vec![entry.kind.label.to_owned()];
        if !shown.status.is_empty() {
            facts.push(state_label(entry, shown.status).to_owned());
        }
        let names: Vec<&str> =
            shown.people.iter().filter_map(|id| self.feed.names.get(id)).map(String::as_str).collect();
        let mut last = facts.join(" · ");
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

/// A state as people read it.
fn state_label<'a>(entry: &Entry, status: &'a str) -> &'a str {
    match entry.kind.field(entry.kind.state).map(|field| field.data) {
        Some(FieldType::Choice(list)) => choices::label(list, status),
        _ => status,
    }
}

/// The states of our kinds in the three of iCalendar.
fn status(state: &str) -> &'static str {
    match state {
        "cancelled" | "rejected" | "withdrawn" | "archived" => "CANCELLED",
        "draft" | "concept" | "proposed" | "tentative" | "pending" | "postponed" => "TENTATIVE",
        _ => "CONFIRMED",
    }
}

/// 1 is the highest, 9 the lowest.
fn priority(priority: &str) -> Option<u8> {
    match priority {
        "critical" | "urgent" => Some(1),
        "high" => Some(3),
        "medium" => Some(5),
        "low" => Some(9),
        _ => None,
    }
}

/// The colour of a module by its name in CSS, as RFC 7986 wants it.
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
