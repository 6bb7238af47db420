//! The log of changes: the single spring of history, undo, live pages and audit.

use jiff::Timestamp;
use obcms_domain::id::Id;
use serde_json::{Map, Value as Json};

use crate::database::{Cell, Message, Row, Tx};
use crate::error::StoreError;

/// One write to one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Identity; later changes have larger ones.
    pub id: Id,
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
}

const COLUMNS: &str = "id, at, actor, kind, record_id, version, action, is_derived, change_set, fields, note";

/// When the last change was.
pub fn last_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    tx.first("SELECT at FROM changes ORDER BY id DESC LIMIT 1", &[])?.map(|row| row.get(0)).transpose()
}

/// Writes changes and tells open pages of them when the transaction commits.
pub fn record(tx: &mut Tx<'_>, changes: &[Change]) -> Result<(), StoreError> {
    let rows: Vec<Vec<Cell>> = changes
        .iter()
        .map(|change| {
            vec![
                change.id.into(),
                change.at.into(),
                change.actor.into(),
                change.kind.as_str().into(),
                change.record_id.into(),
                change.version.into(),
                change.action.as_str().into(),
                change.is_derived.into(),
                change.change_set.into(),
                Json::Object(change.fields.clone()).to_string().into(),
                change.note.as_str().into(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "at",
        "actor",
        "kind",
        "record_id",
        "version",
        "action",
        "is_derived",
        "change_set",
        "fields",
        "note",
    ];
    tx.insert_rows("changes", &columns, &rows, "")?;
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

fn read(row: &Row) -> Result<Change, StoreError> {
    let fields: String = row.get(9)?;
    Ok(Change {
        id: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        kind: row.get(3)?,
        record_id: row.get(4)?,
        version: row.get(5)?,
        action: row.get(6)?,
        is_derived: row.get(7)?,
        change_set: row.get(8)?,
        fields: serde_json::from_str(&fields).map_err(|error| StoreError::Damaged(error.to_string()))?,
        note: row.get(10)?,
    })
}

/// The changes of one record, newest first, older than `before` when given.
pub fn of_record(
    tx: &mut Tx<'_>,
    record: Id,
    before: Option<Id>,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    let rows = match before {
        Some(before) => tx.query(
            &format!(
                "SELECT {COLUMNS} FROM changes WHERE record_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
            ),
            &[record.into(), before.into(), limit.into()],
        )?,
        None => tx.query(
            &format!("SELECT {COLUMNS} FROM changes WHERE record_id = $1 ORDER BY id DESC LIMIT $2"),
            &[record.into(), limit.into()],
        )?,
    };
    rows.iter().map(read).collect()
}

/// Everything that was done in one go, in the order in which it was done.
pub fn of_set(tx: &mut Tx<'_>, change_set: Id) -> Result<Vec<Change>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM changes WHERE change_set = $1 ORDER BY id"),
        &[change_set.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The newest changes of all records, older than `before` when given.
pub fn newest(tx: &mut Tx<'_>, before: Option<Id>, limit: i64) -> Result<Vec<Change>, StoreError> {
    let rows = match before {
        Some(before) => tx.query(
            &format!("SELECT {COLUMNS} FROM changes WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            &[before.into(), limit.into()],
        )?,
        None => {
            tx.query(&format!("SELECT {COLUMNS} FROM changes ORDER BY id DESC LIMIT $1"), &[limit.into()])?
        }
    };
    rows.iter().map(read).collect()
}
