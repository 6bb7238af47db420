//! Stage visits of projects.

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::{Row, Tx};
use crate::error::StoreError;

/// Visit of a project to one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageVisit {
    /// Identity.
    pub id: Id,
    /// The project.
    pub project_id: Id,
    /// Stage.
    pub stage: String,
    /// Time of entry.
    pub entered_at: Timestamp,
    /// Person who moved the project.
    pub entered_by: Option<Id>,
    /// Time of leaving; nothing for the current stage.
    pub left_at: Option<Timestamp>,
    /// Remark or reason given at entry.
    pub note: String,
    /// Change set of the entry.
    pub change_set: Option<Id>,
}

const COLUMNS: &str = "id, project_id, stage, entered_at, entered_by, left_at, note, change_set";

fn read(row: &Row) -> Result<StageVisit, StoreError> {
    Ok(StageVisit {
        id: row.get(0)?,
        project_id: row.get(1)?,
        stage: row.get(2)?,
        entered_at: row.get(3)?,
        entered_by: row.get(4)?,
        left_at: row.get(5)?,
        note: row.get(6)?,
        change_set: row.get(7)?,
    })
}

/// Returns the projects of a PPA, archived ones included.
pub fn of_ppa(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Id>, StoreError> {
    ids(tx, "SELECT id FROM projects WHERE ppa = $1", ppa)
}

/// Returns the projects of a need, archived ones included.
pub fn of_need(tx: &mut Tx<'_>, need: Id) -> Result<Vec<Id>, StoreError> {
    ids(tx, "SELECT id FROM projects WHERE need = $1", need)
}

/// Returns the live projects of a need.
pub fn live_of_need(tx: &mut Tx<'_>, need: Id) -> Result<Vec<Id>, StoreError> {
    ids(tx, "SELECT id FROM projects WHERE need = $1 AND archived_at IS NULL", need)
}

fn ids(tx: &mut Tx<'_>, sql: &str, id: Id) -> Result<Vec<Id>, StoreError> {
    tx.query(sql, &[id.into()])?.iter().map(|row| row.get(0)).collect()
}

/// Returns all visits of a project, in order.
pub fn visits(tx: &mut Tx<'_>, project: Id) -> Result<Vec<StageVisit>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM project_stages WHERE project_id = $1 ORDER BY number"),
        &[project.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Closes the current visit, if any, and inserts the next one.
pub fn enter(tx: &mut Tx<'_>, visit: &StageVisit) -> Result<(), StoreError> {
    leave(tx, visit.project_id, visit.entered_at)?;
    tx.execute(
        "INSERT INTO project_stages (id, project_id, stage, entered_at, entered_by, left_at, note, change_set, number) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
         (SELECT coalesce(max(number), 0) + 1 FROM project_stages WHERE project_id = $2))",
        &[
            visit.id.into(),
            visit.project_id.into(),
            visit.stage.as_str().into(),
            visit.entered_at.into(),
            visit.entered_by.into(),
            visit.left_at.into(),
            visit.note.as_str().into(),
            visit.change_set.into(),
        ],
    )?;
    Ok(())
}

/// Closes the current visit of a project.
pub fn leave(tx: &mut Tx<'_>, project: Id, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE project_stages SET left_at = $1 WHERE project_id = $2 AND left_at IS NULL",
        &[at.into(), project.into()],
    )?;
    Ok(())
}

/// Deletes the visits of a project that a change set created, and reopens the one before them. Returns their number.
pub fn undo_visits(tx: &mut Tx<'_>, project: Id, change_set: Id) -> Result<u64, StoreError> {
    let removed = tx.execute(
        "DELETE FROM project_stages WHERE project_id = $1 AND change_set = $2",
        &[project.into(), change_set.into()],
    )?;
    if removed > 0 {
        tx.execute(
            "UPDATE project_stages SET left_at = NULL WHERE project_id = $1 \
             AND number = (SELECT max(number) FROM project_stages WHERE project_id = $1)",
            &[project.into()],
        )?;
    }
    Ok(removed)
}
