//! The calendar: everything dated within a window, as one feed, and moving what stands in it.
//!
//! The rows come from the table that the write path keeps beside every record; the feed adds what depends on who
//! asks: what they may see, what they may move, and the names of people.

mod booked;
mod cache;
pub mod conflicts;
mod copying;
pub mod density;
mod entry_id;
pub(crate) mod events;
mod expansion;
mod filters;
pub mod icalendar;
mod moving;
mod query;
mod reassignment;
mod rights;
mod rows;
mod serialize;
pub mod series;
pub mod suggestions;

use booked::Booked;
pub use cache::{CalendarCache, Names};
pub use entry_id::EntryId;
use expansion::of_changed;
pub use expansion::{expand, next};
pub use filters::RelatedTo;
pub use moving::Moved;
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

/// The entries of a window with the names of the people on them.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// By start, then title.
    pub entries: Vec<Entry>,
    /// Names of everybody on an entry, and perhaps of others.
    pub names: Names,
}

/// One entry as somebody sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is stored.
    pub row: Shown,
    /// Whether the asker may move it.
    pub editable: bool,
    /// Zone of a date of a series that differs in more than when it is.
    changed: Option<TimeZone>,
}

/// The row of an entry: as it is kept, or as it is on one date of a series.
#[derive(Clone, Debug)]
pub struct Shown {
    kept: Arc<CachedEntry>,
    date: Option<Box<EntryRow>>,
}

impl Deref for Shown {
    type Target = EntryRow;

    fn deref(&self) -> &EntryRow {
        self.date.as_deref().unwrap_or(&self.kept.row)
    }
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
            kind: self.row.kind.name,
            record: self.row.record_id,
            entry_kind: self.row.entry_kind,
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
        address(self.row.kind, self.row.record_id, &self.row.recurrence_id)
    }

    /// A row as it is, editable for nobody yet.
    fn whole(kept: Arc<CachedEntry>) -> Self {
        Self { row: Shown { kept, date: None }, editable: false, changed: None }
    }

    /// What it takes: rooms, vehicles, equipment.
    #[must_use]
    pub fn resources(&self) -> &[Id] {
        &self.row.kept.resources
    }

    /// Zone in which a timed entry is told.
    fn zone(&self) -> &TimeZone {
        self.changed.as_ref().unwrap_or(&self.row.kept.zone)
    }

    /// Where it is kept how the record goes out to calendar programs.
    pub(crate) fn component(&self) -> &OnceLock<Arc<Component>> {
        &self.row.kept.component
    }

    /// The row that it is of; none when it differs from it in more than when it is.
    fn common(&self) -> Option<&CachedEntry> {
        if self.changed.is_some() { None } else { Some(&self.row.kept) }
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

    /// Module by which it is filtered and coloured.
    #[must_use]
    pub fn module(&self) -> Module {
        self.row.kind.module
    }
}

impl App {
    /// Number of the state that the data has now; it grows with every change, and only then.
    pub fn state(&self) -> Result<i64, AppError> {
        self.read(|tx| Ok(Database::state_of(tx)?))
    }

    /// What a page that is drawn now shows: it differs once anything on any page may have changed, jobs included.
    pub fn page_state(&self) -> Result<String, AppError> {
        self.read(|tx| Ok(format!("{}.{}", Database::state_of(tx)?, obcms_store::jobs::changes(tx)?)))
    }

    /// What stands in the calendar within the window of the query, as the actor sees it, and the number of the
    /// state that this shows.
    pub fn calendar(&self, actor: &Actor, query: &CalendarQuery) -> Result<(i64, Feed), AppError> {
        self.read(|tx| {
            let state = Database::state_of(tx)?;
            let (entries, names) =
                self.dated(tx, state, &query.window, &query.modules, &|row| query.wants(row, actor))?;
            Ok((state, self.narrowed(tx, actor, query, Feed { entries, names }, false)?))
        })
    }

    /// Of what was found, what concerns what the query names and the actor may see. `is_whole` leaves series whole.
    fn narrowed(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        query: &CalendarQuery,
        mut feed: Feed,
        is_whole: bool,
    ) -> Result<Feed, AppError> {
        let booked = Booked::put(self, tx, actor, query, &mut feed, is_whole)?;
        query.concerning.narrow(tx, &mut feed.entries)?;
        self.narrow_to_rights(tx, actor, &mut feed.entries)?;
        booked.leave_to_events(&mut feed.entries);
        Ok(feed)
    }

    /// Every date of the modules, or of all, within the window that is wanted, whoever asks, in order.
    pub(crate) fn dated(
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
        for kept in rows {
            if !modules.is_empty() && !modules.contains(&kept.row.kind.module) {
                continue;
            }
            let is_usual_wanted = wanted(&kept.row);
            let Some(series) = &kept.series else {
                if kept.row.series.is_none() && is_usual_wanted {
                    entries.push(Entry::whole(kept));
                }
                continue;
            };
            expansion::dates(&kept.row, series, window, |row, is_changed| {
                if !(if is_changed { wanted(&row) } else { is_usual_wanted }) {
                    return;
                }
                let changed = is_changed.then(|| zones.of_entry(&row));
                let row = Shown { kept: Arc::clone(&kept), date: Some(Box::new(row)) };
                dates.push(Entry { row, editable: false, changed });
            });
        }
        Ok((merged(entries, dates), names))
    }

    /// The calendar with series whole, one entry for each.
    pub(crate) fn calendar_of_records(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        query: &CalendarQuery,
    ) -> Result<(i64, Feed), AppError> {
        let state = Database::state_of(tx)?;
        let (rows, names) = self.cache::<CalendarCache>().within(tx, state, &query.window, self.zone())?;
        let wanted = |kept: &CachedEntry| {
            (query.modules.is_empty() || query.modules.contains(&kept.row.kind.module))
                && (query.wants(&kept.row, actor) || wants_a_date(query, kept, actor))
        };
        let entries = rows.into_iter().filter(|kept| wanted(kept)).map(Entry::whole).collect();
        Ok((state, self.narrowed(tx, actor, query, Feed { entries, names }, true)?))
    }

    /// Rows as the actor sees them, in their order.
    fn feed(&self, tx: &mut Tx<'_>, actor: &Actor, rows: Vec<EntryRow>) -> Result<Feed, AppError> {
        let rows = cache::of_rows(tx, rows, self.zone())?;
        let names = cache::names_of(tx, &rows)?;
        let mut entries: Vec<Entry> = rows.into_iter().map(Entry::whole).collect();
        self.narrow_to_rights(tx, actor, &mut entries)?;
        Ok(Feed { entries, names })
    }

    /// Takes out what the actor may not see and marks what they may move; a booking that is over nobody may.
    fn narrow_to_rights(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        entries: &mut Vec<Entry>,
    ) -> Result<(), AppError> {
        rights::apply(tx, actor, entries)?;
        let now = self.now();
        for entry in entries {
            entry.editable &= entry.movable_until(self.zone()).is_none_or(|until| now < until);
        }
        Ok(())
    }
}

/// Whether the filters let a changed date of a series pass, and with it the series.
fn wants_a_date(query: &CalendarQuery, kept: &CachedEntry, actor: &Actor) -> bool {
    kept.series.as_ref().is_some_and(|series| {
        let mut changed = series.stored.changed.iter();
        changed.any(|changed| query.wants(&of_changed(kept.row.clone(), changed), actor))
    })
}

/// Whether the entry takes anybody's time: what was called off or is over does not.
fn takes_time(row: &EntryRow) -> bool {
    !["cancelled", "postponed", "rescheduled", "rejected", "completed"].contains(&&*row.status)
}

/// Zones by name; a calendar has few, and looking one up takes longer than comparing names.
struct Zones<'a> {
    known: Vec<(String, TimeZone)>,
    office: &'a TimeZone,
}

impl<'a> Zones<'a> {
    fn new(office: &'a TimeZone) -> Self {
        Self { known: Vec::new(), office }
    }

    /// In which an entry is told; days are kept in UTC.
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
    /// Until when it shows the same as long as nothing is changed; nothing when that is for ever.
    #[must_use]
    pub fn holds_until(&self, app: &App) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter(|entry| entry.editable)
            .filter_map(|entry| entry.movable_until(app.zone()))
            .min()
    }

    /// Adds rows as they are, in their places.
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

/// The entries, which are in order, with others in their places. Where the next one goes is looked for near the last
/// one: entries lie all over the memory, and looking at each takes longer than everything else.
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

/// Entries in their order. Their starts are put in order as numbers beside each other, which takes a fraction of the
/// time; only those that begin together are looked at.
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

/// What is empty has no value.
fn optional(text: &str) -> Option<&str> {
    if text.is_empty() { None } else { Some(text) }
}
