//! The calendar: everything dated within a window, as one feed, and moving what stands in it.
//!
//! The rows come from the table that the write path keeps beside every record; the feed adds what depends on who
//! asks: what they may see, what they may move, and the names of people.

pub mod conflicts;
mod copying;
pub mod density;
mod entry_id;
mod expansion;
mod moving;
mod narrowing;
mod query;
mod rights;
pub mod suggestions;

pub use entry_id::EntryId;
use expansion::of_changed;
pub use expansion::{expand, next};
pub use moving::Moved;
pub use narrowing::Concerning;
pub use query::{CalendarQuery, FILTERS, MAXIMUM_DAYS, WINDOW, people, people_of};

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use obcms_domain::calendar::unfloating;
use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{FieldType, Kind, Module};
use obcms_domain::series::StoredSeries;
use obcms_store::calendar::{self as store, EntryRow};
use obcms_store::{Database, Tx, records};
use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use crate::error::AppError;
use crate::{Actor, App};

/// The entries of a window with the names of the people on them.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// By start, then title.
    pub entries: Vec<Entry>,
    /// Names of everybody on an entry.
    pub names: HashMap<Id, String>,
}

/// One entry as somebody sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is stored.
    pub row: EntryRow,
    /// Kind of the record behind it.
    pub kind: &'static Kind,
    /// Whether the asker may move it.
    pub editable: bool,
    /// Who is on it.
    pub people: Vec<Id>,
    /// What it takes: rooms, vehicles, equipment.
    pub resources: Vec<Id>,
    /// Zone in which a timed entry is told.
    zone: TimeZone,
}

/// Address of the page of a record, or of one date of a series when `recurrence_id` is not empty.
#[must_use]
pub fn address(kind: &Kind, id: Id, recurrence_id: &str) -> String {
    let url = kind.url(id);
    if recurrence_id.is_empty() { url } else { format!("{url}?occurrence={recurrence_id}") }
}

/// A start or an end as the API writes it: a day, or an instant with the offset of the entry's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Of an entry that lasts whole days.
    Day(Date),
    /// Of a timed entry.
    Instant(Timestamp, Offset),
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Instant(instant, offset) => instant.display_with_offset(*offset).fmt(formatter),
        }
    }
}

impl Entry {
    /// Its name in addresses.
    #[must_use]
    pub fn id(&self) -> EntryId<'_> {
        EntryId {
            kind: self.kind.name,
            record: self.row.record_id,
            entry_kind: &self.row.entry_kind,
            position: self.row.position,
            recurrence: self.recurrence_id(),
        }
    }

    /// Original local start, when it is one date of a series.
    #[must_use]
    pub fn recurrence_id(&self) -> Option<&str> {
        optional(&self.row.recurrence_id)
    }

    /// Address of its page: that of the record, on the date of a series at that date.
    #[must_use]
    pub fn url(&self) -> String {
        address(self.kind, self.row.record_id, &self.row.recurrence_id)
    }

    /// When it begins.
    #[must_use]
    pub fn start(&self) -> Moment {
        self.moment(self.row.start)
    }

    /// When it is over: the first day or instant after it.
    #[must_use]
    pub fn end(&self) -> Moment {
        self.moment(self.row.end)
    }

    /// From when on it is not moved any more; nothing when it may always be. A whole series is judged by its dates.
    fn movable_until(&self, office: &TimeZone) -> Option<Timestamp> {
        if !std::ptr::eq(self.kind, &kinds::BOOKING) || !self.row.series.is_empty() {
            return None;
        }
        if !self.row.all_day {
            return Some(self.row.end);
        }
        unfloating(self.row.end).to_zoned(office.clone()).ok().map(|midnight| midnight.timestamp())
    }

    fn moment(&self, instant: Timestamp) -> Moment {
        if self.row.all_day {
            Moment::Day(unfloating(instant))
        } else {
            Moment::Instant(instant, self.zone.to_offset(instant))
        }
    }

    /// Module by which it is filtered and coloured.
    #[must_use]
    pub fn module(&self) -> Module {
        self.kind.module
    }
}

impl App {
    /// Number of the state that the data has now; it grows with every change, and only then.
    pub fn state(&self) -> Result<i64, AppError> {
        self.read(|tx| Ok(Database::state_of(tx)?))
    }

    /// What stands in the calendar within the window of the query, as the actor sees it, and the number of the
    /// state that this shows.
    pub fn calendar(&self, actor: &Actor, query: &CalendarQuery) -> Result<(i64, Feed), AppError> {
        self.read(|tx| {
            let state = Database::state_of(tx)?;
            let modules: Vec<&str> = query.modules.iter().map(|module| module.key()).collect();
            let rows = store::window(tx, &query.window, &modules)?;
            let mut rows = expand(rows, &query.window, self.zone());
            store::sort(&mut rows);
            rows.retain(|row| query.wants(row, actor));
            query.concerning.narrow(tx, &mut rows)?;
            Ok((state, self.feed(tx, actor, rows)?))
        })
    }

    /// The same with series whole, one entry for each.
    pub(crate) fn calendar_of_records(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        query: &CalendarQuery,
    ) -> Result<(i64, Feed), AppError> {
        let state = Database::state_of(tx)?;
        let modules: Vec<&str> = query.modules.iter().map(|module| module.key()).collect();
        let mut rows = store::window(tx, &query.window, &modules)?;
        store::sort(&mut rows);
        rows.retain(|row| query.wants(row, actor) || wants_a_date(query, row, actor));
        query.concerning.narrow(tx, &mut rows)?;
        Ok((state, self.feed(tx, actor, rows)?))
    }

    /// Rows as the actor sees them.
    fn feed(&self, tx: &mut Tx<'_>, actor: &Actor, rows: Vec<EntryRow>) -> Result<Feed, AppError> {
        let mut zones = Zones { known: Vec::new(), office: self.zone() };
        let mut entries: Vec<Entry> = rows
            .into_iter()
            .filter_map(|row| {
                let kind = kinds::by_name(&row.kind)?;
                let people = people(&row).collect();
                let zone = if row.all_day { TimeZone::UTC } else { zones.of(&row.timezone) };
                Some(Entry { row, kind, editable: false, people, resources: Vec::new(), zone })
            })
            .collect();
        rights::apply(tx, actor, &mut entries)?;
        self.leave_what_is_over(&mut entries);
        take_resources(tx, &mut entries)?;
        let mut people: Vec<Id> = entries.iter().flat_map(|entry| &entry.people).copied().collect();
        for series in entries.iter().filter_map(|entry| StoredSeries::parse(&entry.row.series)) {
            people.extend(series.changed.iter().flat_map(|changed| people_of(&changed.people)));
        }
        people.sort_unstable();
        people.dedup();
        let names =
            records::references(tx, &people)?.into_iter().map(|(id, person)| (id, person.title)).collect();
        Ok(Feed { entries, names })
    }

    /// A booking that is over is not moved any more.
    fn leave_what_is_over(&self, entries: &mut [Entry]) {
        let now = self.now();
        for entry in entries {
            entry.editable &= entry.movable_until(self.zone()).is_none_or(|until| now < until);
        }
    }
}

/// Whether the filters let a changed date of a series pass, and with it the series.
fn wants_a_date(query: &CalendarQuery, row: &EntryRow, actor: &Actor) -> bool {
    let series = if row.series.is_empty() { None } else { StoredSeries::parse(&row.series) };
    series.is_some_and(|series| {
        series.changed.iter().any(|changed| query.wants(&of_changed(row.clone(), changed), actor))
    })
}

/// Says of entries whose kind takes resources which they take.
fn take_resources(tx: &mut Tx<'_>, entries: &mut [Entry]) -> Result<(), AppError> {
    let takes = |kind: &Kind| {
        kind.fields.iter().any(|field| {
            matches!(field.data, FieldType::Reference("resource") | FieldType::References("resource"))
        })
    };
    let mut ids: Vec<Id> =
        entries.iter().filter(|entry| takes(entry.kind)).map(|entry| entry.row.record_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let mut taken: HashMap<Id, Vec<Id>> = HashMap::new();
    for (source, resource) in store::resources(tx, &ids)? {
        taken.entry(source).or_default().push(resource);
    }
    for entry in entries.iter_mut() {
        if let Some(resources) = taken.get(&entry.row.record_id) {
            entry.resources.clone_from(resources);
        }
    }
    Ok(())
}

/// Whether the entry takes anybody's time: what was called off or is over does not.
fn takes_time(row: &EntryRow) -> bool {
    !["cancelled", "postponed", "rescheduled", "rejected", "completed"].contains(&row.status.as_str())
}

/// Zones by name; a calendar has few, and looking one up takes longer than comparing names.
struct Zones<'a> {
    known: Vec<(String, TimeZone)>,
    office: &'a TimeZone,
}

impl Zones<'_> {
    fn of(&mut self, name: &str) -> TimeZone {
        if let Some((_, zone)) = self.known.iter().find(|(known, _)| known == name) {
            return zone.clone();
        }
        let zone = TimeZone::get(name).unwrap_or_else(|_| self.office.clone());
        self.known.push((name.to_owned(), zone.clone()));
        zone
    }
}

/// An entry on its way out, with the names it needs.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Names of everybody on it.
    pub names: &'a HashMap<Id, String>,
}

impl Feed {
    /// Until when it shows the same as long as nothing is changed; nothing when that is for ever.
    #[must_use]
    pub fn holds_until(&self, app: &App) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter(|entry| entry.editable)
            .filter_map(|entry| entry.movable_until(app.zone()))
            .min()
    }

    /// The entries on their way out.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        self.entries.iter().map(|entry| Shown { entry, names: &self.names })
    }
}

impl Serialize for Feed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.shown())
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { entry, names } = self;
        let row = &entry.row;
        let mut object = serializer.serialize_struct("Entry", 17)?;
        object.serialize_field("id", &Written(entry.id()))?;
        object.serialize_field("title", &row.title)?;
        object.serialize_field("start", &Written(entry.start()))?;
        object.serialize_field("end", &Written(entry.end()))?;
        object.serialize_field("all_day", &row.all_day)?;
        object.serialize_field("module", entry.module().key())?;
        object.serialize_field("kind", &row.entry_kind)?;
        object.serialize_field("status", &optional(&row.status))?;
        object.serialize_field("priority", &optional(&row.priority))?;
        object.serialize_field("color", entry.module().color())?;
        object.serialize_field("url", &entry.url())?;
        object.serialize_field("editable", &entry.editable)?;
        object.serialize_field("source", &Source { kind: entry.kind.name, id: row.record_id })?;
        object.serialize_field("recurrence_id", &entry.recurrence_id())?;
        object.serialize_field("location", &optional(&row.location))?;
        object.serialize_field("people", &People { people: &entry.people, names })?;
        if entry.resources.is_empty() {
            object.skip_field("resources")?;
        } else {
            object.serialize_field("resources", &entry.resources)?;
        }
        object.end()
    }
}

/// What is empty has no value.
fn optional(text: &str) -> Option<&str> {
    if text.is_empty() { None } else { Some(text) }
}

/// Writes what can be displayed as a JSON string, without a string in between.
struct Written<T>(T);

impl<T: fmt::Display> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
struct Source<'a> {
    kind: &'a str,
    id: Id,
}

struct People<'a> {
    people: &'a [Id],
    names: &'a HashMap<Id, String>,
}

#[derive(Serialize)]
struct Person<'a> {
    id: Id,
    name: &'a str,
}

impl Serialize for People<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for id in self.people {
            if let Some(name) = self.names.get(id) {
                list.serialize_element(&Person { id: *id, name })?;
            }
        }
        list.end()
    }
}
