//! Calendar cache: the stored entries of all records with values calculated once.
//!
//! The first query fills it; after that it follows the data. Each query runs in a transaction that sees a known
//! revision, and records changed since the cached revision are read again. The cache is therefore never stale, even
//! when other processes write. A transaction that sees an older revision than the cached one reads the table directly.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use obcms_domain::calendar::LONG_DAYS;
use obcms_domain::calendar::series::ParsedSeries;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::EVENT;
use obcms_domain::registry::{FieldType, Kind};
use obcms_store::calendar::invalidation::{self, Invalidation};
use obcms_store::calendar::{self as store, EntryRow, Window};
use obcms_store::{Tx, records};

use super::serialize::SerializedEntry;
use super::{Zones, expansion};
use crate::calendar::icalendar::Component;
use crate::core::AppError;

/// Names of people by id.
pub type Names = Arc<HashMap<Id, String>>;

/// Cached calendar entry with its parsed series.
#[derive(Debug)]
pub struct CachedEntry {
    /// Stored row.
    pub row: EntryRow,
    /// Time zone in which a timed entry is shown.
    pub zone: TimeZone,
    /// Resources of the entry: rooms, vehicles, equipment.
    pub resources: Arc<[Id]>,
    /// Parsed series, if the row is a series.
    pub series: Option<Box<ParsedSeries>>,
    /// JSON of the entry, serialized on first use.
    pub serialized: OnceLock<SerializedEntry>,
    /// iCalendar component of the entry, serialized on first use.
    pub component: OnceLock<Arc<Component>>,
}

impl CachedEntry {
    /// Builds cached entries from rows. `taken` lists pairs of record and resource.
    fn all(rows: Vec<EntryRow>, taken: Vec<(Id, Id)>, office: &TimeZone) -> Vec<Arc<Self>> {
        let mut resources: HashMap<Id, Vec<Id>> = HashMap::new();
        for (record, resource) in taken {
            resources.entry(record).or_default().push(resource);
        }
        let mut zones = Zones::new(office);
        let cached = |row: EntryRow| {
            let zone = zones.of_entry(&row);
            Arc::new(Self {
                series: expansion::parse_series(&row, &zone).map(Box::new),
                zone,
                resources: resources
                    .get(&row.record_id)
                    .map(|taken| taken.as_slice().into())
                    .unwrap_or_default(),
                row,
                serialized: OnceLock::new(),
                component: OnceLock::new(),
            })
        };
        rows.into_iter().map(cached).collect()
    }

    /// Returns the people of the entry and of all its overrides.
    fn people(&self) -> impl Iterator<Item = Id> {
        let changed = self.series.iter().flat_map(|series| &series.stored.changed);
        let of_changed = changed.flat_map(|changed| obcms_domain::calendar::people_of(&changed.people));
        self.row.people.iter().copied().chain(of_changed)
    }
}

/// Sort key of an entry.
type Key = (Timestamp, Arc<str>, Id, &'static str, i64);

/// Calendar cache of a process.
#[derive(Debug, Default)]
pub struct CalendarCache {
    contents: RwLock<Contents>,
}

#[derive(Debug, Default)]
struct Contents {
    /// Revision of the contents. `None` before the first read and during an update.
    state: Option<i64>,
    short: BTreeMap<Key, Arc<CachedEntry>>,
    /// Entries longer than [`LONG_DAYS`], and series.
    long: BTreeMap<Key, Arc<CachedEntry>>,
    of_record: HashMap<Id, Vec<Key>>,
    /// Names of all people on an entry.
    names: Names,
}

impl CalendarCache {
    /// Returns the entries that touch the window, sorted, at the revision that the
    /// transaction sees, with the names of the people on them.
    pub fn within(
        &self,
        tx: &mut Tx<'_>,
        state: i64,
        window: &Window,
        office: &TimeZone,
    ) -> Result<(Vec<Arc<CachedEntry>>, Names), AppError> {
        {
            let contents = self.contents.read().unwrap_or_else(PoisonError::into_inner);
            if contents.state == Some(state) {
                return Ok((contents.within(window), Arc::clone(&contents.names)));
            }
        }
        let mut contents = self.contents.write().unwrap_or_else(PoisonError::into_inner);
        if contents.state.is_some_and(|cached| cached > state) {
            drop(contents);
            let mut rows = store::window(tx, window)?;
            store::sort(&mut rows);
            let rows = of_rows(tx, rows, office)?;
            let names = names_of(tx, &rows)?;
            return Ok((rows, names));
        }
        contents.update_to(tx, state, office)?;
        Ok((contents.within(window), Arc::clone(&contents.names)))
    }
}

impl Contents {
    fn update_to(&mut self, tx: &mut Tx<'_>, state: i64, office: &TimeZone) -> Result<(), AppError> {
        // The revision stays empty until everything is read. A failed read then starts over next time.
        match self.state.take() {
            Some(cached) if cached == state => {}
            Some(cached) => match invalidation::since(tx, cached, state)? {
                Invalidation::All => self.read_all(tx, office)?,
                Invalidation::Records(ids) => self.reload(tx, &ids, office)?,
            },
            None => self.read_all(tx, office)?,
        }
        self.state = Some(state);
        Ok(())
    }

    fn read_all(&mut self, tx: &mut Tx<'_>, office: &TimeZone) -> Result<(), AppError> {
        *self = Self::default();
        let taken = store::all_resources(tx)?;
        let rows = CachedEntry::all(store::all(tx)?, taken, office);
        self.names = names_of(tx, &rows)?;
        rows.into_iter().for_each(|row| self.put(row));
        Ok(())
    }

    fn reload(&mut self, tx: &mut Tx<'_>, touched: &[Id], office: &TimeZone) -> Result<(), AppError> {
        for id in touched {
            for key in self.of_record.remove(id).unwrap_or_default() {
                self.short.remove(&key);
                self.long.remove(&key);
            }
        }
        let mut rows = Vec::new();
        for chunk in touched.chunks(500) {
            rows.extend(store::of_records(tx, chunk)?);
        }
        let rows = of_rows(tx, rows, office)?;
        let renamed: Vec<Id> = touched.iter().copied().filter(|id| self.names.contains_key(id)).collect();
        let mut wanted: Vec<Id> = rows.iter().flat_map(|row| row.people()).collect();
        wanted.retain(|id| !self.names.contains_key(id));
        wanted.extend_from_slice(&renamed);
        if !wanted.is_empty() {
            let mut names = HashMap::clone(&self.names);
            names.extend(named(tx, wanted)?);
            self.names = Arc::new(names);
        }
        if !renamed.is_empty() {
            self.clear_serialized(&renamed);
        }
        rows.into_iter().for_each(|row| self.put(row));
        Ok(())
    }

    /// Clears the serialized forms of entries with these people, because they contain names.
    fn clear_serialized(&mut self, people: &[Id]) {
        for row in self.short.values_mut().chain(self.long.values_mut()) {
            if row.people().any(|id| people.contains(&id)) {
                *row = Arc::new(CachedEntry {
                    row: row.row.clone(),
                    zone: row.zone.clone(),
                    resources: Arc::clone(&row.resources),
                    series: row.series.clone(),
                    serialized: OnceLock::new(),
                    component: OnceLock::new(),
                });
            }
        }
    }

    fn put(&mut self, row: Arc<CachedEntry>) {
        let title = Arc::clone(&row.row.title);
        let key = (row.row.start, title, row.row.record_id, row.row.entry_kind, row.row.position);
        self.of_record.entry(row.row.record_id).or_default().push(key.clone());
        if row.row.is_long() {
            self.long.insert(key, row)
        } else {
            self.short.insert(key, row)
        };
    }

    fn within(&self, window: &Window) -> Vec<Arc<CachedEntry>> {
        let (first, last) = (window.start.min(window.first_day), window.end.max(window.after_last_day));
        let margin = SignedDuration::from_hours(LONG_DAYS * 24);
        let earliest = first.checked_sub(margin).unwrap_or(Timestamp::MIN);
        let key = |instant: Timestamp| (instant, Arc::from(""), Id::NIL, "", i64::MIN);
        let short = self.short.range(key(earliest)..key(last.max(earliest)));
        let long = self.long.range(..key(last));
        let touches = |(_, row): &(&Key, &Arc<CachedEntry>)| window.touches(&row.row);
        let (mut short, mut long) = (short.filter(touches).peekable(), long.filter(touches).peekable());
        let mut rows = Vec::new();
        loop {
            let next = match (short.peek(), long.peek()) {
                (Some((one, _)), Some((other, _))) if one > other => long.next(),
                (Some(_), _) => short.next(),
                (None, _) => long.next(),
            };
            let Some((_, row)) = next else {
                return rows;
            };
            rows.push(Arc::clone(row));
        }
    }
}

/// Builds entries from rows without storing them in the cache.
pub fn of_rows(
    tx: &mut Tx<'_>,
    rows: Vec<EntryRow>,
    office: &TimeZone,
) -> Result<Vec<Arc<CachedEntry>>, AppError> {
    let of = |is_wanted: &dyn Fn(&Kind) -> bool| {
        let mut ids: Vec<Id> =
            rows.iter().filter(|row| is_wanted(row.kind)).map(|row| row.record_id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let mut taken = store::resources(tx, &of(&takes))?;
    taken.extend(store::booked_for(tx, &of(&|kind| kind == &EVENT))?);
    Ok(CachedEntry::all(rows, taken, office))
}

/// Returns true if records of the kind have a resource field of their own.
fn takes(kind: &Kind) -> bool {
    let mut fields = kind.fields.iter();
    fields.any(|field| {
        matches!(field.data, FieldType::Reference("resource") | FieldType::References("resource"))
    })
}

/// Loads the names of all people on the entries.
pub fn names_of(tx: &mut Tx<'_>, rows: &[Arc<CachedEntry>]) -> Result<Names, AppError> {
    Ok(Arc::new(named(tx, rows.iter().flat_map(|row| row.people()).collect())?))
}

fn named(tx: &mut Tx<'_>, mut people: Vec<Id>) -> Result<HashMap<Id, String>, AppError> {
    people.sort_unstable();
    people.dedup();
    Ok(records::references(tx, &people)?.into_iter().map(|(id, person)| (id, person.title)).collect())
}
