//! The dated things of a window of time.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::calendar::{DatedEntry, LONG_DAYS, people_text};
use obcms_domain::id::Id;
use obcms_domain::registry::{Kind, Record};

use crate::database::{Cell, Row, Tx};
use crate::error::StoreError;
use crate::records::Statement;

/// One row of the calendar.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// The record behind it.
    pub record_id: Id,
    /// Role of the date.
    pub entry_kind: String,
    /// Number within the role.
    pub position: i64,
    /// Kind of the record.
    pub kind: String,
    /// Module key.
    pub module: String,
    /// What stands in the calendar.
    pub title: String,
    /// State.
    pub status: String,
    /// Priority or empty.
    pub priority: String,
    /// Place or empty.
    pub location: String,
    /// Ids of the people, separated by blanks.
    pub people: String,
    /// Days, not times.
    pub all_day: bool,
    /// Zone of a timed entry.
    pub timezone: String,
    /// Start; midnight UTC of the day when all-day.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// May be moved.
    pub is_movable: bool,
    /// The series as [`obcms_domain::series::StoredSeries`] reads it, when the row stands for all its dates; empty
    /// otherwise.
    pub series: String,
    /// Original local start of one date of a series; empty otherwise. The table has none of these: they come from
    /// expanding a series.
    pub recurrence_id: String,
}

impl EntryRow {
    /// The row of an entry that is not read from the table: of one date of a series.
    #[must_use]
    pub fn of(record: &Record, entry: DatedEntry) -> Self {
        Self {
            record_id: record.id,
            entry_kind: entry.entry_kind.to_owned(),
            position: entry.position,
            kind: record.kind.name.to_owned(),
            module: record.kind.module.key().to_owned(),
            people: people_text(&entry.people),
            title: entry.title,
            status: entry.status,
            priority: entry.priority,
            location: entry.location,
            all_day: entry.all_day,
            timezone: entry.timezone,
            start: entry.start,
            end: entry.end,
            is_movable: entry.movable,
            series: String::new(),
            recurrence_id: String::new(),
        }
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

const COLUMNS: &str = "record_id, entry_kind, position, kind, module, title, status, priority, location, people, \
                       all_day, timezone, start_at, end_at, is_movable, series";

/// The columns of an entry, as [`read_entry`] reads them.
pub(crate) const fn entry_columns() -> &'static str {
    COLUMNS
}

/// All entries that touch the window, in no order; a series as one row for all its dates.
pub fn window(tx: &mut Tx<'_>, window: &Window, modules: &[&str]) -> Result<Vec<EntryRow>, StoreError> {
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
        if !modules.is_empty() {
            statement.push(" AND module IN ");
            statement.bind_list(modules.iter().map(|module| (*module).into()));
        }
    }
    let rows = tx.query(&statement.sql, &statement.parameters)?;
    rows.into_iter().map(take_entry).collect()
}

/// Puts entries into their order: by start, then title. Sorted here, as the database would carry whole rows through
/// two sorts, one for each side of the union, and series are not expanded yet.
pub fn sort(entries: &mut [EntryRow]) {
    entries.sort_unstable_by(|one, other| {
        (one.start.cmp(&other.start))
            .then_with(|| one.title.cmp(&other.title))
            .then_with(|| one.record_id.cmp(&other.record_id))
            .then_with(|| one.entry_kind.cmp(&other.entry_kind))
            .then_with(|| one.position.cmp(&other.position))
    });
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
    tx.query(&statement.sql, &statement.parameters)?.into_iter().map(take_entry).collect()
}

/// The entries of these records, in no order.
pub fn of_records(tx: &mut Tx<'_>, records: &[Id]) -> Result<Vec<EntryRow>, StoreError> {
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM calendar_entries WHERE record_id IN "));
    statement.bind_list(records.iter().map(|id| (*id).into()));
    tx.query(&statement.sql, &statement.parameters)?.iter().map(read_entry).collect()
}

/// The entries of one record.
pub fn of_record(tx: &mut Tx<'_>, record: Id) -> Result<Vec<EntryRow>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM calendar_entries WHERE record_id = $1 ORDER BY start_at, entry_kind, position"),
        &[record.into()],
    )?
    .iter()
    .map(read_entry)
    .collect()
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

/// Which resources these records take.
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

/// Leads and members of the teams.
pub fn members(tx: &mut Tx<'_>, teams: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(
        "SELECT DISTINCT target FROM edges WHERE field IN ('lead', 'members') AND target_kind = 'user' \
         AND source IN ",
    );
    statement.bind_list(teams.iter().map(|id| (*id).into()));
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// One row as an entry.
pub(crate) fn read_entry(row: &Row) -> Result<EntryRow, StoreError> {
    take_entry(row.clone())
}

/// A month of an office has a thousand rows: their texts are taken over, not copied.
fn take_entry(mut row: Row) -> Result<EntryRow, StoreError> {
    let mut text = |column: usize| match row.0.get_mut(column).map(std::mem::take) {
        Some(Cell::Text(text)) => Ok(text),
        _ => Err(StoreError::Decode { column, expected: "text" }),
    };
    let (entry_kind, kind, module) = (text(1)?, text(3)?, text(4)?);
    let (title, status, priority) = (text(5)?, text(6)?, text(7)?);
    let (location, people, timezone, series) = (text(8)?, text(9)?, text(11)?, text(15)?);
    Ok(EntryRow {
        record_id: row.get(0)?,
        entry_kind,
        position: row.get(2)?,
        kind,
        module,
        title,
        status,
        priority,
        location,
        people,
        all_day: row.get(10)?,
        timezone,
        start: row.get(12)?,
        end: row.get(13)?,
        is_movable: row.get(14)?,
        series,
        recurrence_id: String::new(),
    })
}
