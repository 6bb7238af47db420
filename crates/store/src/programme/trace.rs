//! Neighbors of records, from which the chain around a record is walked, with the data that the chain shows.

use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::calendar::{self, EntryRow};
use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;
use crate::records::Reference;

/// Maximum number of ids per statement.
const CHUNK: usize = 400;

/// One edge, seen from one of its two records.
#[derive(Clone, Debug)]
pub struct Neighbor {
    /// Requested record.
    pub here: Id,
    /// Field of the reference.
    pub field: String,
    /// True if the requested record points at the other, false if the other points at it.
    pub outgoing: bool,
    /// Other record.
    pub other: Reference,
}

/// Returns every record of these kinds that one of `ids` points at, or that points at it.
pub fn neighbors(tx: &mut Tx<'_>, ids: &[Id], kinds: &[&str]) -> Result<Vec<Neighbor>, StoreError> {
    let mut result = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::default();
        for (outgoing, here, other) in [(1, "source", "target"), (0, "target", "source")] {
            if outgoing == 0 {
                statement.push(" UNION ALL ");
            }
            statement.push(&format!(
                "SELECT e.{here}, e.field, {outgoing}, r.id, r.kind, r.title, r.state, r.is_archived \
                 FROM edges e JOIN records r ON r.id = e.{other} WHERE e.{other}_kind IN "
            ));
            statement.bind_list(kinds.iter().map(|kind| SqlValue::from(*kind)));
            statement.push(&format!(" AND e.{here} IN "));
            statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        }
        for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
            result.push(Neighbor {
                here: row.get(0)?,
                field: row.get(1)?,
                outgoing: row.get::<i64>(2)? == 1,
                other: Reference {
                    id: row.get(3)?,
                    kind: row.get(4)?,
                    title: row.get(5)?,
                    state: row.get(6)?,
                    is_archived: row.get(7)?,
                },
            });
        }
    }
    Ok(result)
}

/// Data of a task in the chain.
#[derive(Clone, Debug)]
pub struct TaskLine {
    /// The task.
    pub id: Id,
    /// Due date; for a series the first open occurrence.
    pub due_date: Option<Date>,
    /// True for a series.
    pub is_series: bool,
    /// Progress from 0 to 100.
    pub progress: i64,
}

/// Returns due dates and progress of tasks.
pub fn task_lines(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<TaskLine>, StoreError> {
    let mut result = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new(
            "SELECT id, next_due, rrule IS NOT NULL OR rdates IS NOT NULL, coalesce(progress, 0) FROM tasks WHERE id IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
            result.push(TaskLine {
                id: row.get(0)?,
                due_date: row.get(1)?,
                is_series: row.get(2)?,
                progress: row.get(3)?,
            });
        }
    }
    Ok(result)
}

/// Returns one column of amounts for the given records of a table, without records that have no amount.
pub fn amounts(tx: &mut Tx<'_>, table: &str, column: &str, ids: &[Id]) -> Result<Vec<(Id, i64)>, StoreError> {
    let mut result = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new(format!(
            "SELECT id, \"{column}\" FROM \"{table}\" WHERE \"{column}\" IS NOT NULL AND id IN "
        ));
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(result)
}

/// Returns the calendar entries of these records, unsorted.
pub fn dates(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<EntryRow>, StoreError> {
    let mut result = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        result.extend(calendar::of_records(tx, chunk)?);
    }
    Ok(result)
}
