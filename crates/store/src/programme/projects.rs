//! Stage visits of projects.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::database::{Row, SqlValue, Statement, Tx};
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
    /// Way in which the project left the stage: `advanced`, `skipped` or `returned`; nothing for the current stage.
    pub outcome: Option<String>,
}

const COLUMNS: &str = "id, project_id, stage, entered_at, entered_by, left_at, note, change_set, outcome";

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
        outcome: row.get(8)?,
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

/// Closes the current visit, if any, with its outcome, and inserts the next one.
pub fn enter(tx: &mut Tx<'_>, visit: &StageVisit, outcome: &str) -> Result<(), StoreError> {
    leave(tx, visit.project_id, visit.entered_at, outcome)?;
    tx.execute(
        "INSERT INTO project_stages \
         (id, project_id, stage, entered_at, entered_by, left_at, note, change_set, outcome, number) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
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
            visit.outcome.as_deref().into(),
        ],
    )?;
    Ok(())
}

/// Closes the current visit of a project.
fn leave(tx: &mut Tx<'_>, project: Id, at: Timestamp, outcome: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE project_stages SET left_at = $1, outcome = $2 WHERE project_id = $3 AND left_at IS NULL",
        &[at.into(), outcome.into(), project.into()],
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
            "UPDATE project_stages SET left_at = NULL, outcome = NULL WHERE project_id = $1 \
             AND number = (SELECT max(number) FROM project_stages WHERE project_id = $1)",
            &[project.into()],
        )?;
    }
    Ok(removed)
}

/// Returns those of the tasks whose last change came with a change of the project.
pub fn last_changed_with(tx: &mut Tx<'_>, project: Id, tasks: &[Id]) -> Result<Vec<Id>, StoreError> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new(
        "SELECT c.record_id FROM changes c WHERE c.number = \
         (SELECT max(m.number) FROM changes m WHERE m.record_id = c.record_id) \
         AND EXISTS (SELECT 1 FROM changes p WHERE p.change_set = c.change_set AND p.record_id = ",
    );
    statement.bind(project).push(") AND c.record_id IN ");
    statement.bind_list(tasks.iter().map(|task| SqlValue::Id(*task)));
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the planned PPAs without a project that are enacted and started by a date.
pub fn ppas_to_begin(tx: &mut Tx<'_>, today: Date) -> Result<Vec<Id>, StoreError> {
    let sql = "SELECT p.id FROM ppas p WHERE p.status = 'planning' AND p.archived_at IS NULL \
               AND (p.approval_stage = 'enacted' OR p.enacted_budget_centavos IS NOT NULL) \
               AND (p.start_date IS NULL OR p.start_date <= $1) \
               AND NOT EXISTS (SELECT 1 FROM projects j WHERE j.ppa = p.id AND j.archived_at IS NULL) \
               ORDER BY p.id";
    tx.query(sql, &[today.into()])?.iter().map(|row| row.get(0)).collect()
}
