//! The dated things of a window of time.

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

/// What a row of the calendar says, the same for all dates of a series but for changed ones.
#[derive(Clone, Debug)]
pub struct EntryText {
    /// What stands in the calendar.
    pub title: Arc<str>,
    /// State.
    pub status: Arc<str>,
    /// Priority or empty.
    pub priority: Arc<str>,
    /// Place or empty.
    pub location: Arc<str>,
    /// Who is on it.
    pub people: Arc<[Id]>,
    /// Zone of a timed entry.
    pub timezone: Arc<str>,
}

/// One row of the calendar. Copies share what it says: a series has one for each of its dates.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// The record behind it.
    pub record_id: Id,
    /// Role of the date.
    pub entry_kind: &'static str,
    /// Number within the role.
    pub position: i64,
    /// Kind of the record.
    pub kind: &'static Kind,
    /// What it says.
    pub text: Arc<EntryText>,
    /// Days, not times.
    pub all_day: bool,
    /// Start; midnight UTC of the day when all-day.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// May be moved.
    pub is_movable: bool,
    /// The series as [`obcms_domain::calendar::series::StoredSeries`] reads it, when the row stands for all its dates.
    pub series: Option<Arc<str>>,
    /// Original local start of one date of a series; empty otherwise. The table has none of these: they come from
    /// expanding a series.
    pub recurrence_id: SmolStr,
}

impl Deref for EntryRow {
    type Target = EntryText;

    fn deref(&self) -> &EntryText {
        &self.text
    }
}

impl EntryRow {
    /// The row of an entry that is not read from the table: of one date of a series.
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

    /// Whether it lasts longer than [`LONG_DAYS`] or is a series: such are looked for by themselves.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.series.is_some() || self.end.duration_since(self.start).as_secs() > LONG_DAYS * 86_400
    }
}

/// A window of time, half open, for timed entries and for days.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// First instant.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// Midnight UTC of its first day.
    pub first_day: Timestamp,
    /// Midnight UTC of the day after its last.
    pub after_last_day: Timestamp,
}

impl Window {
    /// Whether the entry touches it.
    #[must_use]
    pub fn touches(&self, row: &EntryRow) -> bool {
        let (from, to) =
            if row.all_day { (self.first_day, self.after_last_day) } else { (self.start, self.end) };
        row.start < to && row.end > from
    }
}

const COLUMNS: &str = "record_id, entry_kind, position, kind, title, status, priority, location, people, all_day, \
                       timezone, start_at, end_at, is_movable, series";

/// The columns of an entry, as [`taken`] reads them.
pub(crate) const fn entry_columns() -> &'static str {
    COLUMNS
}

/// All entries that touch the window, in no order; a series as one row for all its dates.
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

/// Puts entries into their order: by start, then title. Sorted here, as the database would carry whole rows through
/// two sorts, one for each side of the union, and series are not expanded yet.
pub fn sort(entries: &mut [EntryRow]) {
    entries.sort_unstable_by(order);
}

/// The order of entries: by start, then title.
#[must_use]
#[inline]
pub fn order(one: &EntryRow, other: &EntryRow) -> Ordering {
    // Most starts differ, and are compared where they are.
    one.start.cmp(&other.start).then_with(|| order_together(one, other))
}

fn order_together(one: &EntryRow, other: &EntryRow) -> Ordering {
    (one.title.cmp(&other.title))
        .then_with(|| one.record_id.cmp(&other.record_id))
        .then_with(|| one.entry_kind.cmp(other.entry_kind))
        .then_with(|| one.position.cmp(&other.position))
}

/// A parameter whose type the place does not tell: both engines learn it from the neighbour in COALESCE.
fn typed(statement: &mut Statement, instant: Timestamp) {
    statement.push("coalesce(").bind(instant).push(", start_at)");
}

/// Entries of records of the kind that name one of these people and touch the window, in no order; a series as one
/// row for all its dates.
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

/// The entries of these records, in no order.
pub fn of_records(tx: &mut Tx<'_>, records: &[Id]) -> Result<Vec<EntryRow>, StoreError> {
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM calendar_entries WHERE record_id IN "));
    statement.bind_list(records.iter().map(|id| (*id).into()));
    taken(&tx.query(&statement.sql, &statement.parameters)?)
}

/// Every entry there is, in no order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<EntryRow>, StoreError> {
    taken(&tx.query(&format!("SELECT {COLUMNS} FROM calendar_entries"), &[])?)
}

/// The entries of one record.
pub fn of_record(tx: &mut Tx<'_>, record: Id) -> Result<Vec<EntryRow>, StoreError> {
    taken(&tx.query(
        &format!("SELECT {COLUMNS} FROM calendar_entries WHERE record_id = $1 ORDER BY start_at, entry_kind, position"),
        &[record.into()],
    )?)
}

/// Records that point at one of the targets, directly or, with more steps, over one or two records in between. People
/// and teams lead nowhere: what somebody of an organization is on does not concern the organization.
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

/// Which resources these records take by themselves.
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

/// What bookings for events hold as long as they stand.
const BOOKED_FOR_EVENTS: &str = "SELECT DISTINCT origin_id, resource FROM bookings WHERE origin_kind = 'event' \
     AND status IN ('pending', 'approved') AND archived_at IS NULL AND resource IS NOT NULL";

/// Which resources are booked for these events: their bookings are shown within them.
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

/// Leads and members of the teams.
pub fn members(tx: &mut Tx<'_>, teams: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(
        "SELECT DISTINCT target FROM edges WHERE field IN ('lead', 'members') AND target_kind = 'user' \
         AND source IN ",
    );
    statement.bind_list(teams.iter().map(|id| (*id).into()));
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Which resources all records take, and those that are booked for events.
pub fn all_resources(tx: &mut Tx<'_>) -> Result<Vec<(Id, Id)>, StoreError> {
    let own = "SELECT e.source, e.target FROM edges e JOIN resources r ON r.id = e.target \
               WHERE e.field IN ('resource', 'resources') ORDER BY e.source, e.position";
    let booked = format!("{BOOKED_FOR_EVENTS} ORDER BY origin_id, resource");
    let mut rows = tx.query(own, &[])?;
    rows.extend(tx.query(&booked, &[])?);
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Rows of a query as entries.
pub(crate) fn taken(rows: &[Row]) -> Result<Vec<EntryRow>, StoreError> {
    rows.iter().filter_map(|row| take_entry(row).transpose()).collect()
}

/// Nothing for an entry of a kind that this program does not know, as a newer one may have written it.
fn take_entry(row: &Row) -> Result<Option<EntryRow>, StoreError> {
    let text = |column: usize| match row.0.get(column) {
        Some(SqlValue::Text(text)) => Ok(text.as_str()),
        _ => Err(StoreError::Decode { column, expected: "text" }),
    };
    // Most of these texts are empty, and an empty one takes no memory of its own.
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
