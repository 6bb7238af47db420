//! Queries about tasks beyond lists: tasks of an origin, dependencies, the board.

pub mod board;
pub mod reporting;
pub mod templates;
pub mod today;

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Contribution of one task to the progress of its PPA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Weight in hundredths.
    pub weight: i64,
    /// Status.
    pub status: String,
    /// Progress from 0 to 100.
    pub progress: i64,
}

/// Returns the contributions of all live tasks of a PPA but those of its approval, which are no part of its work. A
/// series counts when it is over, because its progress is
/// that of one occurrence.
pub fn shares(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Share>, StoreError> {
    tx.query(
        "SELECT coalesce(weight, 100), status, \
         CASE WHEN rrule IS NULL AND rdates IS NULL THEN coalesce(progress, 0) ELSE 0 END FROM tasks \
         WHERE origin_id = $1 AND origin_kind = 'ppa' AND archived_at IS NULL \
         AND (template_item IS NULL OR template_item NOT LIKE 'approval!_%' ESCAPE '!')",
        &[ppa.into()],
    )?
    .iter()
    .map(|row| Ok(Share { weight: row.get(0)?, status: row.get(1)?, progress: row.get(2)? }))
    .collect()
}

/// Returns the ids of the live tasks of an origin.
pub fn of_origin(tx: &mut Tx<'_>, origin: Id) -> Result<Vec<Id>, StoreError> {
    tx.query(
        "SELECT id FROM tasks WHERE origin_id = $1 AND archived_at IS NULL ORDER BY id",
        &[origin.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Returns the ids of the tasks of an origin that were archived at that time, or live ones for none.
pub fn of_origin_archived(
    tx: &mut Tx<'_>,
    origin: Id,
    archived_at: Option<Timestamp>,
) -> Result<Vec<Id>, StoreError> {
    let mut found = Vec::new();
    for row in tx.query("SELECT id, archived_at FROM tasks WHERE origin_id = $1", &[origin.into()])? {
        if row.get::<Option<Timestamp>>(1)? == archived_at {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Returns the active template of that name.
pub fn template_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<Id>, StoreError> {
    let sql = "SELECT id FROM task_templates WHERE name = $1 AND is_active = $2 AND archived_at IS NULL";
    tx.first(sql, &[name.into(), true.into()])?.map(|row| row.get(0)).transpose()
}

/// Returns the active team of a domain, or the one of a second domain if the first has none.
pub fn team_of_domain(tx: &mut Tx<'_>, domain: &str, second: &str) -> Result<Option<Id>, StoreError> {
    let sql = "SELECT id FROM teams WHERE domain IN ($1, $2) AND archived_at IS NULL AND is_active = $3 \
               ORDER BY CASE WHEN domain = $1 THEN 0 ELSE 1 END, created_at LIMIT 1";
    tx.first(sql, &[domain.into(), second.into(), true.into()])?.map(|row| row.get(0)).transpose()
}

/// Returns the ids of the live series of tasks with overrides.
pub fn series_with_overrides(tx: &mut Tx<'_>) -> Result<Vec<Id>, StoreError> {
    tx.query("SELECT id FROM tasks WHERE overrides IS NOT NULL AND archived_at IS NULL ORDER BY id", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// Returns the ids of the live open tasks of these origins.
pub fn open_of_origins(tx: &mut Tx<'_>, origins: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut result = Vec::new();
    for chunk in origins.chunks(400) {
        let mut statement = Statement::new(
            "SELECT id FROM tasks WHERE archived_at IS NULL AND status NOT IN ('completed', 'cancelled') \
             AND origin_id IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push(row.get(0)?);
        }
    }
    result.sort_unstable();
    Ok(result)
}

/// Returns the template items for which the origin already has a task, archived ones included, so that no task is
/// generated twice.
pub fn generated_items(tx: &mut Tx<'_>, origin: Id) -> Result<HashMap<String, Id>, StoreError> {
    tx.query(
        "SELECT template_item, id FROM tasks WHERE origin_id = $1 AND template_item IS NOT NULL",
        &[origin.into()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Returns for each task the number of its open, live prerequisites.
pub fn open_prerequisites(tx: &mut Tx<'_>, tasks: &[Id]) -> Result<HashMap<Id, i64>, StoreError> {
    let mut result = HashMap::new();
    for chunk in tasks.chunks(400) {
        let mut statement = Statement::new(
            "SELECT e.source, count(*) FROM edges e JOIN tasks p ON p.id = e.target \
             WHERE e.field = 'depends_on' AND p.status NOT IN ('completed', 'cancelled') AND p.archived_at IS NULL \
             AND e.source IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" GROUP BY e.source");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(result)
}

/// Returns the tasks that depend on one of these.
pub fn dependents(tx: &mut Tx<'_>, tasks: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut result = Vec::new();
    for chunk in tasks.chunks(400) {
        let mut statement = Statement::new(
            "SELECT DISTINCT source FROM edges WHERE source_kind = 'task' AND field = 'depends_on' AND target IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push(row.get(0)?);
        }
    }
    Ok(result)
}

/// Returns all `depends_on` edges reachable from the given tasks, level by level.
pub fn dependency_edges(tx: &mut Tx<'_>, start: &[Id]) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut statement =
        Statement::new("WITH RECURSIVE reach(id) AS (SELECT r.id FROM records r WHERE r.id IN ");
    statement.bind_list(start.iter().map(|id| SqlValue::Id(*id)));
    statement.push(
        " UNION SELECT e.target FROM edges e JOIN reach ON e.source = reach.id AND e.field = 'depends_on') \
         SELECT e.source, e.target FROM edges e JOIN reach ON e.source = reach.id WHERE e.field = 'depends_on'",
    );
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Returns all `depends_on` edges from the tasks that depend on a task, directly or over others.
pub fn dependent_edges(tx: &mut Tx<'_>, task: Id) -> Result<Vec<(Id, Id)>, StoreError> {
    tx.query(
        "WITH RECURSIVE reach(id) AS (SELECT e.source FROM edges e WHERE e.target = $1 AND e.source_kind = 'task' \
         AND e.field = 'depends_on' UNION SELECT e.source FROM edges e JOIN reach ON e.target = reach.id \
         AND e.source_kind = 'task' AND e.field = 'depends_on') \
         SELECT e.source, e.target FROM edges e JOIN reach ON e.source = reach.id WHERE e.field = 'depends_on'",
        &[task.into()],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// Returns the smallest rank of a task, before which a new one is placed.
pub fn first_rank(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    tx.one("SELECT min(rank) FROM tasks", &[])?.get(0)
}

/// Returns true if a live task continues this one.
pub fn has_next(tx: &mut Tx<'_>, task: Id) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM tasks WHERE continues = $1 AND archived_at IS NULL LIMIT 1";
    Ok(tx.first(sql, &[task.into()])?.is_some())
}

/// Returns the largest rank of a live task, after which a new one is placed.
pub fn last_rank(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    tx.one("SELECT max(rank) FROM tasks", &[])?.get(0)
}
