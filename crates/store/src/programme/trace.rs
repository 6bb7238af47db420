//! The neighbours of records, from which the chain around a thing is walked, with what the chain shows of them.

use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::calendar::{self, EntryRow};
use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;
use crate::records::Reference;

/// Ids asked for in one statement.
const CHUNK: usize = 400;

/// One pointer between two records, seen from one of them.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The record that was asked for.
    pub here: Id,
    /// The field that makes the connection.
    pub field: String,
    /// Whether the record asked for points at the other, or is pointed at.
    pub outgoing: bool,
    /// The other record.
    pub other: Reference,
}

/// Every record of these kinds that one of `ids` points at, or that points at it.
pub fn neighbours(tx: &mut Tx<'_>, ids: &[Id], kinds: &[&str]) -> Result<Vec<Neighbour>, StoreError> {
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
        for row in tx.remembered(&statement.sql, &statement.parameters)?.iter() {
            result.push(Neighbour {
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

/// What the chain shows of a task.
#[derive(Clone, Debug)]
pub struct TaskLine {
    /// The task.
    pub id: Id,
    /// When it is due; of a series its first open date.
    pub due_date: Option<Date>,
    /// Whether it repeats.
    pub is_series: bool,
    /// Progress from 0 to 100.
    pub progress: i64,
}

/// Due dates and progress of tasks.
pub fn task_lines(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<TaskLine>, StoreError> {
    let mut result = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new(
            "SELECT id, next_due, rrule IS NOT NULL OR rdates IS NOT NULL, coalesce(progress, 0) FROM tasks WHERE id IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.remembered(&statement.sql, &statement.parameters)?.iter() {
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

/// One column with an amount, of the given records of one table; records without an amount are left out.
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

/// The calendar entries of these records, in no order.
pub fn dates(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<EntryRow>, StoreError> {
    let mut result = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        result.extend(calendar::of_records(tx, chunk)?);
    }
    Ok(result)
}
