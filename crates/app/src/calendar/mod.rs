//! Calendar: all dated entries within a window as one feed, and commands that move them.
//!
//! The rows come from a table that the write path maintains for every record. The feed adds what depends on the actor:
//! visibility, the right to move, and names of people.

mod cache;
pub mod conflicts;
mod copying;
pub mod density;
mod entry_id;
mod event_bookings;
pub(crate) mod events;
mod expansion;
mod filters;
pub mod guests;
pub mod icalendar;
mod moving;
mod overview;
mod query;
mod reassignment;
mod rights;
mod rows;
mod serialize;
pub mod series;
pub mod suggestions;

pub use cache::{CalendarCache, Names};
pub use entry_id::EntryId;
use event_bookings::EventBookings;
use expansion::of_changed;
pub use expansion::{expand, next};
pub use filters::RelatedTo;
pub use moving::Moved;
pub use overview::{MAXIMUM_PER_DAY, Overview, OverviewDay};
pub use query::{CalendarQuery, FILTERS, MAXIMUM_DAYS, WINDOW};
pub use rows::{Row, Rows};
pub(crate) use serialize::digest;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use obcms_domain::calendar::unfloating;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Module};
use obcms_store::calendar::{self as store, EntryRow, Window};
use obcms_store::{Database, Tx};

use crate::calendar::icalendar::Component;
use crate::core::{Actor, App, AppError};
use cache::CachedEntry;

/// Entries of a window with the names of the people on them.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// Entries, sorted by start, then title.
    pub entries: Vec<Entry>,
    /// Names of all people on the entries, possibly of others too.
    pub names: Names,
}

/// Calendar entry as an actor sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Row of the entry.
    pub row: ResolvedRow,
    /// True if the actor may move the entry.
    pub editable: bool,
    /// Zone of an occurrence of which more than the time differs from the series.
    changed: Option<TimeZone>,
}

/// Row of an entry, either the cached row or that of an occurrence.
#[derive(Clone, Debug)]
pub struct ResolvedRow {
    cached: Arc<CachedEntry>,
    date: Option<Box<EntryRow>>,
}

impl Deref for ResolvedRow {
    type Target = EntryRow;

    fn deref(&self) -> &EntryRow {
        self.date.as_deref().unwrap_or(&self.cached.row)
    }
}

/// Returns the address of a record's page, or of an occurrence's page if `recurrence_id` is not empty.
#[must_use]
pub fn address(kind: &Kind, id: Id, recurrence_id: &str) -> String {
    let url = kind.url(id);
    if recurrence_id.is_empty() { url } else { format!("{url}?occurrence={recurrence_id}") }
}

/// Start or end as the API writes it: a day, or an instant with the offset of the entry's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Day of an all-day entry.
    Day(Date),
    /// Instant of a timed entry.
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
    /// Returns the id of the entry.
    #[must_use]
    pub fn id(&self) -> EntryId<'_> {
        EntryId {
            kind: self.row.kind.name,
            record: self.row.record_id,
            entry_kind: self.row.entry_kind,
            position: self.row.position,
            recurrence: self.recurrence_id(),
        }
    }

    /// Returns the recurrence id of an occurrence.
    #[must_use]
    pub fn recurrence_id(&self) -> Option<&str> {
        optional(&self.row.recurrence_id)
    }

    /// Returns the address of the page: the record, or its occurrence.
    #[must_use]
    pub fn url(&self) -> String {
        address(self.row.kind, self.row.record_id, &self.row.recurrence_id)
    }

    /// Wraps a cached entry that nobody may edit yet.
    fn whole(cached: Arc<CachedEntry>) -> Self {
        Self { row: ResolvedRow { cached, date: None }, editable: false, changed: None }
    }

    /// Returns the resources of the entry: rooms, vehicles, equipment.
    #[must_use]
    pub fn resources(&self) -> &[Id] {
        &self.row.cached.resources
    }

    /// Returns the time zone in which a timed entry is shown.
    fn zone(&self) -> &TimeZone {
        self.changed.as_ref().unwrap_or(&self.row.cached.zone)
    }

    /// Returns the slot of the serialized iCalendar component.
    pub(crate) fn component(&self) -> &OnceLock<Arc<Component>> {
        &self.row.cached.component
    }

    /// Returns the cached entry, unless more than the time of this occurrence differs.
    fn common(&self) -> Option<&CachedEntry> {
        if self.changed.is_some() { None } else { Some(&self.row.cached) }
    }

    /// Returns the start.
    #[must_use]
    pub fn start(&self) -> Moment {
        self.moment(self.row.start)
    }

    /// Returns the end, exclusive.
    #[must_use]
    pub fn end(&self) -> Moment {
        self.moment(self.row.end)
    }

    /// Returns the instant after which the entry can no longer be moved; `None` for no limit. A whole series has no
    /// limit, because each occurrence has its own.
    fn movable_until(&self, office: &TimeZone) -> Option<Timestamp> {
        if !std::ptr::eq(self.row.kind, &kinds::BOOKING) || self.row.series.is_some() {
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
            Moment::Instant(instant, self.zone().to_offset(instant))
        }
    }

    /// Returns the module, which determines filter and color.
    #[must_use]
    pub fn module(&self) -> Module {
        self.row.kind.module
    }
}

impl App {
    /// Returns the revision of the data. It grows with every change, and only then.
    pub fn state(&self) -> Result<i64, AppError> {
        self.read(|tx| Ok(Database::state_of(tx)?))
    }

    /// Returns the revision of everything a page can show, including jobs.
    pub fn page_state(&self) -> Result<String, AppError> {
        self.read(|tx| Ok(format!("{}.{}", Database::state_of(tx)?, obcms_store::jobs::changes(tx)?)))
    }

    /// Returns the revision and the entries within the window of the query, limited to what the actor may see.
    pub fn calendar(&self, actor: &Actor, query: &CalendarQuery) -> Result<(i64, Feed), AppError> {
        self.read(|tx| {
            let state = Database::state_of(tx)?;
            let (entries, names) =
                self.dated_entries(tx, state, &query.window, &query.modules, &|row| query.wants(row, actor))?;
            Ok((state, self.filtered(tx, actor, query, Feed { entries, names }, false)?))
        })
    }

    /// Applies the relation filters of the query and the rights of the actor. With `is_whole`, series are not expanded.
    fn filtered(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        query: &CalendarQuery,
        mut feed: Feed,
        is_whole: bool,
    ) -> Result<Feed, AppError> {
        let booked = EventBookings::add_to_feed(self, tx, actor, query, &mut feed, is_whole)?;
        query.related_to.retain_related(tx, &mut feed.entries)?;
        self.apply_rights(tx, actor, &mut feed.entries)?;
        booked.remove_shown_by_events(&mut feed.entries);
        Ok(feed)
    }

    /// Returns the wanted entries and occurrences of the modules (all if empty) within the
    /// window, sorted, regardless of rights.
    pub(crate) fn dated_entries(
        &self,
        tx: &mut Tx<'_>,
        state: i64,
        window: &Window,
        modules: &[Module],
        wanted: &dyn Fn(&EntryRow) -> bool,
    ) -> Result<(Vec<Entry>, Names), AppError> {
        let (rows, names) = self.cache::<CalendarCache>().within(tx, state, window, self.zone())?;
        let mut zones = Zones::new(self.zone());
        let mut entries = Vec::with_capacity(rows.len());
        let mut dates = Vec::new();
        for cached in rows {
            if !modules.is_empty() && !modules.contains(&cached.row.kind.module) {
                continue;
            }
            let is_usual_wanted = wanted(&cached.row);
            let Some(series) = &cached.series else {
                if cached.row.series.is_none() && is_usual_wanted {
                    entries.push(Entry::whole(cached));
                }
                continue;
            };
            expansion::dates(&cached.row, series, window, |row, is_changed| {
                if !(if is_changed { wanted(&row) } else { is_usual_wanted }) {
                    return;
                }
                let changed = is_changed.then(|| zones.of_entry(&row));
                let row = ResolvedRow { cached: Arc::clone(&cached), date: Some(Box::new(row)) };
                dates.push(Entry { row, editable: false, changed });
            });
        }
        Ok((merged(entries, dates), names))
    }

    /// Returns the calendar with one entry for each series.
    pub(crate) fn calendar_of_records(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        query: &CalendarQuery,
    ) -> Result<(i64, Feed), AppError> {
        let state = Database::state_of(tx)?;
        let (rows, names) = self.cache::<CalendarCache>().within(tx, state, &query.window, self.zone())?;
        let wanted = |cached: &CachedEntry| {
            (query.modules.is_empty() || query.modules.contains(&cached.row.kind.module))
                && (query.wants(&cached.row, actor) || matches_override(query, cached, actor))
        };
        let entries = rows.into_iter().filter(|cached| wanted(cached)).map(Entry::whole).collect();
        Ok((state, self.filtered(tx, actor, query, Feed { entries, names }, true)?))
    }

    /// Builds a feed of rows with the rights of the actor, in the given order.
    fn feed(&self, tx: &mut Tx<'_>, actor: &Actor, rows: Vec<EntryRow>) -> Result<Feed, AppError> {
        let rows = cache::of_rows(tx, rows, self.zone())?;
        let names = cache::names_of(tx, &rows)?;
        let mut entries: Vec<Entry> = rows.into_iter().map(Entry::whole).collect();
        self.apply_rights(tx, actor, &mut entries)?;
        Ok(Feed { entries, names })
    }

    /// Removes entries that the actor may not see and marks those they may move. A past booking cannot be moved.
    fn apply_rights(&self, tx: &mut Tx<'_>, actor: &Actor, entries: &mut Vec<Entry>) -> Result<(), AppError> {
        rights::apply(tx, actor, entries)?;
        let now = self.now();
        for entry in entries {
            entry.editable &= entry.movable_until(self.zone()).is_none_or(|until| now < until);
        }
        Ok(())
    }
}

/// Returns true if an override matches the filters of the query.
fn matches_override(query: &CalendarQuery, cached: &CachedEntry, actor: &Actor) -> bool {
    cached.series.as_ref().is_some_and(|series| {
        let mut changed = series.stored.changed.iter();
        changed.any(|changed| query.wants(&of_changed(cached.row.clone(), changed), actor))
    })
}

/// Returns true if the entry occupies its people. A cancelled, postponed, rejected or completed entry does not.
fn occupies_people(row: &EntryRow) -> bool {
    !["cancelled", "postponed", "rescheduled", "rejected", "completed"].contains(&&*row.status)
}

/// Time zones by name. A calendar uses few, and comparing names is faster than a lookup.
struct Zones<'a> {
    known: Vec<(String, TimeZone)>,
    office: &'a TimeZone,
}

impl<'a> Zones<'a> {
    fn new(office: &'a TimeZone) -> Self {
        Self { known: Vec::new(), office }
    }

    /// Returns the zone of an entry. All-day entries are stored in UTC.
    fn of_entry(&mut self, row: &EntryRow) -> TimeZone {
        if row.all_day { TimeZone::UTC } else { self.of(&row.timezone) }
    }

    fn of(&mut self, name: &str) -> TimeZone {
        if let Some((_, zone)) = self.known.iter().find(|(known, _)| known == name) {
            return zone.clone();
        }
        let zone = TimeZone::get(name).unwrap_or_else(|_| self.office.clone());
        self.known.push((name.to_owned(), zone.clone()));
        zone
    }
}

impl Feed {
    /// Returns the instant until which the feed is valid without a change of the data; `None` for no limit.
    #[must_use]
    pub fn holds_until(&self, app: &App) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter(|entry| entry.editable)
            .filter_map(|entry| entry.movable_until(app.zone()))
            .min()
    }

    /// Inserts rows at their sorted positions.
    fn add(&mut self, rows: Vec<Arc<CachedEntry>>, tx: &mut Tx<'_>) -> Result<(), AppError> {
        if !rows.is_empty() {
            let names = cache::names_of(tx, &rows)?;
            Arc::make_mut(&mut self.names).extend(names.iter().map(|(id, name)| (*id, name.clone())));
            let entries = std::mem::take(&mut self.entries);
            self.entries = merged(entries, rows.into_iter().map(Entry::whole).collect());
        }
        Ok(())
    }
}

/// Merges sorted entries with others. The next position is searched near the last one: entries are scattered over the
/// memory, and looking at each one dominates the time.
fn merged(entries: Vec<Entry>, others: Vec<Entry>) -> Vec<Entry> {
    if others.is_empty() {
        return entries;
    }
    let others = sorted(others);
    let mut merged = Vec::with_capacity(entries.len() + others.len());
    let mut rest = entries.into_iter();
    for other in others {
        let ahead = rest.as_slice();
        let is_before = |entry: &Entry| store::order(&entry.row, &other.row).is_le();
        let mut reach = 1;
        while reach < ahead.len() && is_before(&ahead[reach]) {
            reach *= 2;
        }
        let place = ahead[..reach.min(ahead.len())].partition_point(is_before);
        merged.extend(rest.by_ref().take(place));
        merged.push(other);
    }
    merged.extend(rest);
    merged
}

/// Sorts entries. Their starts are sorted as a dense array, which is several times faster;
/// entries are compared only if they start together.
fn sorted(entries: Vec<Entry>) -> Vec<Entry> {
    let mut order: Vec<(Timestamp, usize)> =
        entries.iter().enumerate().map(|(position, entry)| (entry.row.start, position)).collect();
    order.sort_unstable();
    let by_row = |(_, one): &(_, usize), (_, other): &(_, usize)| {
        store::order(&entries[*one].row, &entries[*other].row)
    };
    order.chunk_by_mut(|(one, _), (other, _)| one == other).for_each(|together| together.sort_by(by_row));
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    order.into_iter().filter_map(|(_, position)| entries[position].take()).collect()
}

/// Returns `None` for an empty text.
fn optional(text: &str) -> Option<&str> {
    if text.is_empty() { None } else { Some(text) }
}
