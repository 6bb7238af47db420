//! The stays of projects in their stages.

use jiff::Timestamp;
use obcms_domain::id::Id;

use crate::database::{Row, Tx};
use crate::error::StoreError;

/// One stay in one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Identity.
    pub id: Id,
    /// The project.
    pub project_id: Id,
    /// Stage.
    pub stage: String,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// By whom.
    pub entered_by: Option<Id>,
    /// When it was left.
    pub left_at: Option<Timestamp>,
    /// Remark or reason at entering.
    pub note: String,
}

fn read(row: &Row) -> Result<Stay, StoreError> {
    Ok(Stay {
        id: row.get(0)?,
        project_id: row.get(1)?,
        stage: row.get(2)?,
        entered_at: row.get(3)?,
        entered_by: row.get(4)?,
        left_at: row.get(5)?,
        note: row.get(6)?,
    })
}

/// All stays of the projects, in time order.
pub fn stays(tx: &mut Tx<'_>, project: Id) -> Result<Vec<Stay>, StoreError> {
    tx.query(
        "SELECT id, project_id, stage, entered_at, entered_by, left_at, note FROM project_stages \
         WHERE project_id = $1 ORDER BY entered_at, id",
        &[project.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Leaves the open stay, if there is one, and enters the next.
pub fn enter(tx: &mut Tx<'_>, stay: &Stay) -> Result<(), StoreError> {
    leave(tx, stay.project_id, stay.entered_at)?;
    tx.execute(
        "INSERT INTO project_stages (id, project_id, stage, entered_at, entered_by, left_at, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            stay.id.into(),
            stay.project_id.into(),
            stay.stage.as_str().into(),
            stay.entered_at.into(),
            stay.entered_by.into(),
            stay.left_at.into(),
            stay.note.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Closes the open stay of a project.
pub fn leave(tx: &mut Tx<'_>, project: Id, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE project_stages SET left_at = $1 WHERE project_id = $2 AND left_at IS NULL",
        &[at.into(), project.into()],
    )?;
    Ok(())
}
