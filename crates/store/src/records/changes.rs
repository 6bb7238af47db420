//! Change log: the source of history, undo, live pages and audit.
//!
//! It is ordered by `number`, which the database assigns in commit order, never by time: clocks of servers differ and
//! are set back. Rows are written at the end of their transaction, so a transaction does not see its own changes in
//! the log.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use serde_json::{Map, Value as Json};

use crate::database::Statement;
use crate::database::{Message, Row, SqlValue, Tx};
use crate::error::StoreError;
use crate::sealed;

/// One change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Identity, unrelated to the order.
    pub id: Id,
    /// Position in the order of all changes; 0 until the commit.
    pub number: i64,
    /// Time of the change.
    pub at: Timestamp,
    /// Actor; nothing for the program itself.
    pub actor: Option<Id>,
    /// Kind of the record.
    pub kind: String,
    /// The record.
    pub record_id: Id,
    /// Version after the change.
    pub version: i64,
    /// Action: `create`, `update`, `archive`, `restore`, `undo`, …
    pub action: String,
    /// True for an effect of another change, which is recalculated when that one is undone.
    pub is_derived: bool,
    /// Change set.
    pub change_set: Id,
    /// Changed fields as `[old, new]`, in the format of the API.
    pub fields: Map<String, Json>,
    /// Reason or remark.
    pub note: String,
    /// Change set that this one undoes.
    pub undoes: Option<Id>,
}

const COLUMNS: &str =
    "id, at, actor, kind, record_id, version, action, is_derived, change_set, fields, note, undoes, number";

/// Returns the time of the last change.
pub fn last_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    tx.first("SELECT at FROM changes ORDER BY number DESC LIMIT 1", &[])?.map(|row| row.get(0)).transpose()
}

/// Logs changes and notifies live pages at the commit.
pub fn record(tx: &mut Tx<'_>, changes: &[Change]) -> Result<(), StoreError> {
    let rows = changes
        .iter()
        .map(|change| {
            Ok(vec![
                change.id.into(),
                change.at.into(),
                change.actor.into(),
                change.kind.as_str().into(),
                change.record_id.into(),
                change.version.into(),
                change.action.as_str().into(),
                change.is_derived.into(),
                change.change_set.into(),
                sealed::to_log(&change.kind, change.record_id, &change.fields)?.into(),
                change.note.as_str().into(),
                change.undoes.into(),
            ])
        })
        .collect::<Result<Vec<Vec<SqlValue>>, StoreError>>()?;
    tx.log(rows)?;
    for change in changes {
        tx.publish(Message {
            kind: change.kind.clone(),
            id: Some(change.record_id),
            version: change.version,
            action: change.action.clone(),
            change: Some(change.id),
        });
    }
    Ok(())
}

/// Inserts numbered rows, with values in the order of the columns.
pub(crate) fn insert(tx: &mut Tx<'_>, rows: &[Vec<SqlValue>]) -> Result<(), StoreError> {
    let columns: Vec<&str> = COLUMNS.split(", ").collect();
    tx.insert_rows("changes", &columns, rows, "")
}

fn read(row: &Row) -> Result<Change, StoreError> {
    let (kind, record_id): (String, Id) = (row.get(3)?, row.get(4)?);
    let fields: String = row.get(9)?;
    let fields = sealed::from_log(&kind, record_id, &fields)?;
    Ok(Change {
        id: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        kind,
        record_id,
        version: row.get(5)?,
        action: row.get(6)?,
        is_derived: row.get(7)?,
        change_set: row.get(8)?,
        fields,
        note: row.get(10)?,
        undoes: row.get(11)?,
        number: row.get(12)?,
    })
}

/// Returns the changes of one record, newest first, before the change `before` if given.
pub fn of_record(
    tx: &mut Tx<'_>,
    record: Id,
    before: Option<Id>,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM changes WHERE record_id = "));
    statement.bind(record);
    if let Some(before) = before {
        statement.push(" AND number < (SELECT number FROM changes WHERE id = ").bind(before).push(")");
    }
    statement.push(" ORDER BY number DESC LIMIT ").bind(limit);
    tx.query(&statement.sql, &statement.parameters)?.iter().map(read).collect()
}

/// Returns the changes of these records by people after the change with that number, newest first.
pub fn by_people_since(tx: &mut Tx<'_>, records: &[Id], number: i64) -> Result<Vec<Change>, StoreError> {
    let mut found = Vec::new();
    for chunk in records.chunks(400) {
        let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM changes WHERE number > "));
        statement.bind(number).push(" AND is_derived = ").bind(false).push(" AND record_id IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" ORDER BY number DESC");
        for row in &tx.query(&statement.sql, &statement.parameters)? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Returns all changes of a change set, in order.
pub fn of_set(tx: &mut Tx<'_>, change_set: Id) -> Result<Vec<Change>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM changes WHERE change_set = $1 ORDER BY number"),
        &[change_set.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Returns the changes of these change sets with an action, in order.
pub fn of_sets(tx: &mut Tx<'_>, sets: &[Id], action: &str) -> Result<Vec<Change>, StoreError> {
    let mut found = Vec::new();
    for chunk in sets.chunks(400) {
        let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM changes WHERE action = "));
        statement.bind(action).push(" AND change_set IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" ORDER BY number");
        for row in &tx.query(&statement.sql, &statement.parameters)? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Returns the records that people changed in these change sets, each with its set.
pub fn records_of_sets(tx: &mut Tx<'_>, sets: &[Id]) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut found = Vec::new();
    for chunk in sets.chunks(400) {
        let mut statement = Statement::new(
            "SELECT DISTINCT change_set, record_id FROM changes WHERE change_set IN ".to_owned(),
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" AND is_derived = ").bind(false);
        for row in &tx.query(&statement.sql, &statement.parameters)? {
            found.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(found)
}

/// Returns the newest changes of all records, before the change `before` if given.
pub fn newest(tx: &mut Tx<'_>, before: Option<Id>, limit: i64) -> Result<Vec<Change>, StoreError> {
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM changes"));
    if let Some(before) = before {
        statement.push(" WHERE number < (SELECT number FROM changes WHERE id = ").bind(before).push(")");
    }
    statement.push(" ORDER BY number DESC LIMIT ").bind(limit);
    tx.query(&statement.sql, &statement.parameters)?.iter().map(read).collect()
}
