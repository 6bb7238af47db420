//! The log of changes: the single spring of history, undo, live pages and audit.
//!
//! Its order is the `number` that the database gives in the order of commits, never a time: clocks of servers differ
//! and are set back. An entry is written at the end of its transaction, so what a transaction did itself is not in the
//! log that it reads.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use serde_json::{Map, Value as Json};

use crate::database::Statement;
use crate::database::{Message, Row, SqlValue, Tx};
use crate::error::StoreError;
use crate::sealed;

/// One write to one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Identity. It tells nothing of the order.
    pub id: Id,
    /// Place in the order of all changes; 0 until it is committed.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who; nobody when the program did it by itself.
    pub actor: Option<Id>,
    /// Kind of the record.
    pub kind: String,
    /// The record.
    pub record_id: Id,
    /// Its version afterwards.
    pub version: i64,
    /// What was done: `create`, `update`, `archive`, `restore`, `undo`, …
    pub action: String,
    /// Whether it followed from another change and is computed anew when that one is undone.
    pub is_derived: bool,
    /// Everything that was done in one go.
    pub change_set: Id,
    /// Field by field `[old, new]`, as the API shows them.
    pub fields: Map<String, Json>,
    /// Reason or remark.
    pub note: String,
    /// The set of changes that this one takes back.
    pub undoes: Option<Id>,
}

const COLUMNS: &str =
    "id, at, actor, kind, record_id, version, action, is_derived, change_set, fields, note, undoes, number";

/// When the last change was.
pub fn last_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    tx.first("SELECT at FROM changes ORDER BY number DESC LIMIT 1", &[])?.map(|row| row.get(0)).transpose()
}

/// Writes changes and tells open pages of them when the transaction commits.
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

/// Writes numbered entries, in the order of the columns.
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

/// The changes of one record, newest first, before the change `before` when given.
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

/// What people did to these records after the change with that number, newest first.
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

/// Everything that was done in one go, in the order in which it was done.
pub fn of_set(tx: &mut Tx<'_>, change_set: Id) -> Result<Vec<Change>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM changes WHERE change_set = $1 ORDER BY number"),
        &[change_set.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Changes of these sets by an action, in the order in which they were done.
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

/// Records that people changed in these sets, each with its set.
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

/// The newest changes of all records, before the change `before` when given.
pub fn newest(tx: &mut Tx<'_>, before: Option<Id>, limit: i64) -> Result<Vec<Change>, StoreError> {
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM changes"));
    if let Some(before) = before {
        statement.push(" WHERE number < (SELECT number FROM changes WHERE id = ").bind(before).push(")");
    }
    statement.push(" ORDER BY number DESC LIMIT ").bind(limit);
    tx.query(&statement.sql, &statement.parameters)?.iter().map(read).collect()
}
