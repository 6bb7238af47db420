//! The stays of projects in their stages.

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::{Row, Tx};
use crate::error::StoreError;

/// One stay in one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageVisit {
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
    /// The set of changes that it came with.
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

/// All stays of a project, in their order.
pub fn stays(tx: &mut Tx<'_>, project: Id) -> Result<Vec<StageVisit>, StoreError> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM project_stages WHERE project_id = $1 ORDER BY number"),
        &[project.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Leaves the open stay, if there is one, and enters the next.
pub fn enter(tx: &mut Tx<'_>, stay: &StageVisit) -> Result<(), StoreError> {
    leave(tx, stay.project_id, stay.entered_at)?;
    tx.execute(
        "INSERT INTO project_stages (id, project_id, stage, entered_at, entered_by, left_at, note, change_set, number) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
         (SELECT coalesce(max(number), 0) + 1 FROM project_stages WHERE project_id = $2))",
        &[
            stay.id.into(),
            stay.project_id.into(),
            stay.stage.as_str().into(),
            stay.entered_at.into(),
            stay.entered_by.into(),
            stay.left_at.into(),
            stay.note.as_str().into(),
            stay.change_set.into(),
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

/// Takes the stays of a project back that came with a set of changes, and opens the one before them. Answers how many
/// there were.
pub fn take_back(tx: &mut Tx<'_>, project: Id, change_set: Id) -> Result<u64, StoreError> {
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
