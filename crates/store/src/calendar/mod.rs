//! Calendar entries of a window of time.

pub mod event_metadata;
pub mod invalidation;

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::calendar::{DatedEntry, LONG_DAYS, people_of};
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Record};
use smol_str::SmolStr;

use crate::database::Statement;
use crate::database::{Row, SqlValue, Tx};
use crate::error::StoreError;

/// Texts of a calendar entry, shared by all occurrences of a series except overrides.
#[derive(Clone, Debug)]
pub struct EntryText {
    /// Title in the calendar.
    pub title: Arc<str>,
    /// Status.
    pub status: Arc<str>,
    /// Priority, or empty.
    pub priority: Arc<str>,
    /// Location, or empty.
    pub location: Arc<str>,
    /// People of the entry.
    pub people: Arc<[Id]>,
    /// Time zone of a timed entry.
    pub timezone: Arc<str>,
}

/// One calendar entry. Copies share their texts: a series has one row for each of its occurrences.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// Record of the entry.
    pub record_id: Id,
    /// Kind of entry.
    pub entry_kind: &'static str,
    /// Number within the kind of entry.
    pub position: i64,
    /// Kind of the record.
    pub kind: &'static Kind,
    /// Texts.
    pub text: Arc<EntryText>,
    /// True for days instead of times.
    pub all_day: bool,
    /// Start; midnight UTC of the day for all-day entries.
    pub start: Timestamp,
    /// End (exclusive).
    pub end: Timestamp,
    /// True if the entry can be moved.
    pub is_movable: bool,
    /// Series in the format of [`obcms_domain::calendar::series::StoredSeries`], when the row represents all its
    /// occurrences.
    pub series: Option<Arc<str>>,
    /// Recurrence id: original local start of one occurrence; empty otherwise. The table has no such rows: they come
    /// from the expansion of a series.
    pub recurrence_id: SmolStr,
}

impl Deref for EntryRow {
    type Target = EntryText;

    fn deref(&self) -> &EntryText {
        &self.text
    }
}

impl EntryRow {
    /// Creates the row of one occurrence, which is not read from the table.
    #[must_use]
    pub fn of(record: &Record, entry: DatedEntry, recurrence_id: &str) -> Self {
        let text = EntryText {
            title: entry.title.into(),
            status: entry.status.into(),
            priority: entry.priority.into(),
            location: entry.location.into(),
            people: entry.people.into(),
            timezone: entry.timezone.into(),
        };
        Self {
            record_id: record.id,
            entry_kind: entry.entry_kind,
            position: entry.position,
            kind: record.kind,
            text: Arc::new(text),
            all_day: entry.all_day,
            start: entry.start,
            end: entry.end,
            is_movable: entry.movable,
            series: None,
            recurrence_id: recurrence_id.into(),
        }
    }

    /// Returns true if the entry lasts longer than [`LONG_DAYS`] or is a series. Such entries have a query of their
    /// own.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.series.is_some() || self.end.duration_since(self.start).as_secs() > LONG_DAYS * 86_400
    }
}

/// Half-open window of time, for timed and for all-day entries.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Start (inclusive).
    pub start: Timestamp,
    /// End (exclusive).
    pub end: Timestamp,
    /// Midnight UTC of the first day.
    pub first_day: Timestamp,
    /// Midnight UTC of the day after the last one.
    pub after_last_day: Timestamp,
}

impl Window {
    /// Returns true if the entry overlaps the window.
    #[must_use]
    pub fn touches(&self, row: &EntryRow) -> bool {
        let (from, to) =
            if row.all_day { (self.first_day, self.after_last_day) } else { (self.start, self.end) };
        row.start < to && row.end > from
    }
}

const COLUMNS: &str = "record_id, entry_kind, position, kind, title, status, priority, location, people, all_day, \
                       timezone, start_at, end_at, is_movable, series";

/// Returns the columns of an entry in the order that [`taken`] reads.
pub(crate) const fn entry_columns() -> &'static str {
    COLUMNS
}

/// Returns all entries that overlap the window, unsorted; a series as one row for all its occurrences.
pub fn window(tx: &mut Tx<'_>, window: &Window) -> Result<Vec<EntryRow>, StoreError> {
    let mut statement = Statement::default();
    let first = window.start.min(window.first_day);
    let last = window.end.max(window.after_last_day);
    for is_long in [false, true] {
        if is_long {
            statement.push(" UNION ALL ");
        }
        statement.push(&format!("SELECT {COLUMNS} FROM calendar_entries WHERE is_long = ")).bind(is_long);
        if !is_long {
            let margin = SignedDuration::from_hours(LONG_DAYS * 24);
            statement.push(" AND start_at >= ").bind(first.checked_sub(margin).unwrap_or(Timestamp::MIN));
        }
        statement.push(" AND start_at < ").bind(last).push(" AND end_at > ").bind(first);
        statement.push(" AND start_at < CASE WHEN all_day THEN ");
        typed(&mut statement, window.after_last_day);
        statement.push(" ELSE ");
        typed(&mut statement, window.end);
        statement.push(" END AND end_at > CASE WHEN all_day THEN ");
        typed(&mut statement, window.first_day);
        statement.push(" ELSE ");
        typed(&mut statement, window.start);
        statement.push(" END");
    }
    taken(&tx.query(&statement.sql, &statement.parameters)?)
}

/// Sorts entries by start, then title. Sorted here because the database would carry whole rows through two sorts, one
/// for each side of the union, and because series are not expanded yet.
pub fn sort(entries: &mut [EntryRow]) {
    entries.sort_unstable_by(order);
}

/// Compares entries by start, then title.
#[must_use]
#[inline]
pub fn order(one: &EntryRow, other: &EntryRow) -> Ordering {
    // Fast path: most starts differ, and are compared in place.
    one.start.cmp(&other.start).then_with(|| order_together(one, other))
}

fn order_together(one: &EntryRow, other: &EntryRow) -> Ordering {
    (one.title.cmp(&other.title))
        .then_with(|| one.record_id.cmp(&other.record_id))
        .then_with(|| one.entry_kind.cmp(other.entry_kind))
        .then_with(|| one.position.cmp(&other.position))
}

/// Binds an instant where the context does not determine its type: both engines infer it from the neighbor in
/// COALESCE.
fn typed(statement: &mut Statement, instant: Timestamp) {
    statement.push("coalesce(").bind(instant).push(", start_at)");
}

/// Returns the entries of records of the kind that name one of these people and overlap the window, unsorted; a
/// series as one row for all its occurrences.
pub fn of_people(
    tx: &mut Tx<'_>,
    kind: &Kind,
    people: &[Id],
    window: &Window,
) -> Result<Vec<EntryRow>, StoreError> {
    let (first, last) = (window.start.min(window.first_day), window.end.max(window.after_last_day));
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM calendar_entries WHERE kind = "));
    statement
        .bind(kind.name)
        .push(" AND record_id IN (SELECT source FROM edges WHERE source_kind = ")
        .bind(kind.name);
    statement.push(" AND target IN ").bind_list(people.iter().map(|id| (*id).into()));
    statement.push(") AND start_at < ").bind(last).push(" AND end_at > ").bind(first);
    taken(&tx.query(&statement.sql, &statement.parameters)?)
}

/// Returns the entries of these records, unsorted.
pub fn of_records(tx: &mut Tx<'_>, records: &[Id]) -> Result<Vec<EntryRow>, StoreError> {
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM calendar_entries WHERE record_id IN "));
    statement.bind_list(records.iter().map(|id| (*id).into()));
    taken(&tx.query(&statement.sql, &statement.parameters)?)
}

/// Returns all entries, unsorted.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<EntryRow>, StoreError> {
    taken(&tx.query(&format!("SELECT {COLUMNS} FROM calendar_entries"), &[])?)
}

/// Returns the entries of one record.
pub fn of_record(tx: &mut Tx<'_>, record: Id) -> Result<Vec<EntryRow>, StoreError> {
    taken(&tx.query(
        &format!("SELECT {COLUMNS} FROM calendar_entries WHERE record_id = $1 ORDER BY start_at, entry_kind, position"),
        &[record.into()],
    )?)
}

/// Returns records that point at one of the targets, directly or, with more steps, over one or two records in
/// between. The walk stops at people and teams: the work of a person in an organization does not concern the
/// organization.
pub fn around(tx: &mut Tx<'_>, targets: &[Id], steps: usize) -> Result<HashSet<Id>, StoreError> {
    let aliases = ["a", "b", "c"];
    let mut statement = Statement::default();
    for last in 0..steps.clamp(1, aliases.len()) {
        if last > 0 {
            statement.push(" UNION ");
        }
        statement.push(&format!("SELECT {}.source FROM edges a", aliases[last]));
        for pair in aliases[..=last].windows(2) {
            statement.push(&format!(" JOIN edges {1} ON {1}.target = {0}.source", pair[0], pair[1]));
        }
        statement.push(" WHERE a.target IN ");
        statement.bind_list(targets.iter().map(|id| (*id).into()));
        for alias in &aliases[..last] {
            statement.push(&format!(" AND {alias}.source_kind NOT IN ('user', 'team', 'barangay')"));
        }
    }
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the resources that these records reserve by themselves, as pairs of record and resource.
pub fn resources(tx: &mut Tx<'_>, records: &[Id]) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut result = Vec::new();
    for chunk in records.chunks(500) {
        let mut statement = Statement::new(
            "SELECT source, target FROM edges WHERE field IN ('resource', 'resources') \
             AND target_kind = 'resource' AND source IN ",
        );
        statement.bind_list(chunk.iter().map(|id| (*id).into()));
        statement.push(" ORDER BY source, position");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(result)
}

/// Live bookings for events with their resources.
const BOOKED_FOR_EVENTS: &str = "SELECT DISTINCT origin_id, resource FROM bookings WHERE origin_kind = 'event' \
     AND status IN ('pending', 'approved') AND archived_at IS NULL AND resource IS NOT NULL";

/// Returns the resources booked for these events. Such bookings are shown within their event.
pub fn booked_for(tx: &mut Tx<'_>, events: &[Id]) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut result = Vec::new();
    for chunk in events.chunks(500) {
        let mut statement = Statement::new(BOOKED_FOR_EVENTS);
        statement.push(" AND origin_id IN ").bind_list(chunk.iter().map(|id| (*id).into()));
        statement.push(" ORDER BY origin_id, resource");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(result)
}

/// Returns leads and members of the teams.
pub fn members(tx: &mut Tx<'_>, teams: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(
        "SELECT DISTINCT target FROM edges WHERE field IN ('lead', 'members') AND target_kind = 'user' \
         AND source IN ",
    );
    statement.bind_list(teams.iter().map(|id| (*id).into()));
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the resources that all records reserve, and those booked for events.
pub fn all_resources(tx: &mut Tx<'_>) -> Result<Vec<(Id, Id)>, StoreError> {
    let own = "SELECT e.source, e.target FROM edges e JOIN resources r ON r.id = e.target \
               WHERE e.field IN ('resource', 'resources') ORDER BY e.source, e.position";
    let booked = format!("{BOOKED_FOR_EVENTS} ORDER BY origin_id, resource");
    let mut rows = tx.query(own, &[])?;
    rows.extend(tx.query(&booked, &[])?);
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Converts the rows of a query to entries.
pub(crate) fn taken(rows: &[Row]) -> Result<Vec<EntryRow>, StoreError> {
    rows.iter().filter_map(|row| take_entry(row).transpose()).collect()
}

/// Reads an entry. Returns nothing for an unknown kind, which a newer version of the program may have written.
fn take_entry(row: &Row) -> Result<Option<EntryRow>, StoreError> {
    let text = |column: usize| match row.0.get(column) {
        Some(SqlValue::Text(text)) => Ok(text.as_str()),
        _ => Err(StoreError::Decode { column, expected: "text" }),
    };
    // Most of these texts are empty, and an empty text needs no allocation.
    let shared = |column: usize| {
        text(column).map(|text| if text.is_empty() { Arc::default() } else { Arc::from(text) })
    };
    let Some(kind) = kinds::by_name(text(3)?) else {
        return Ok(None);
    };
    let entry_kind = text(1)?;
    let Some(role) = kind.dates.iter().find(|role| role.entry_kind == entry_kind) else {
        return Ok(None);
    };
    let said = EntryText {
        title: shared(4)?,
        status: shared(5)?,
        priority: shared(6)?,
        location: shared(7)?,
        people: people_of(text(8)?).collect(),
        timezone: shared(10)?,
    };
    Ok(Some(EntryRow {
        record_id: row.get(0)?,
        entry_kind: role.entry_kind,
        position: row.get(2)?,
        kind,
        text: Arc::new(said),
        all_day: row.get(9)?,
        start: row.get(11)?,
        end: row.get(12)?,
        is_movable: row.get(13)?,
        series: Some(shared(14)?).filter(|series| !series.is_empty()),
        recurrence_id: SmolStr::default(),
    }))
}
