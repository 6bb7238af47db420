//! Board of projects: the first cards of every stage in one statement, those longest in the stage first.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::{Statement, Tx};
use crate::error::StoreError;
use crate::records::{Query, conditions};

/// Position of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardPosition {
    /// Stage.
    pub stage: String,
    /// The project.
    pub project: Id,
    /// Time of entry into the stage.
    pub entered_at: Timestamp,
}

/// Returns the first `limit` cards of each stage, or of one; `after` continues behind a card.
pub fn cards(
    tx: &mut Tx<'_>,
    query: &Query<'_>,
    stage: Option<&str>,
    after: Option<(Timestamp, Id)>,
    limit: i64,
) -> Result<Vec<CardPosition>, StoreError> {
    let mut statement = Statement::new(
        "SELECT c.stage, c.id, c.since FROM (SELECT t.current_stage AS stage, t.id, t.stage_entered_at AS since, \
         row_number() OVER (PARTITION BY t.current_stage ORDER BY t.stage_entered_at, t.id) AS place \
         FROM projects t WHERE ",
    );
    conditions(&mut statement, query);
    if let Some(stage) = stage {
        statement.push(" AND t.current_stage = ").bind(stage);
    }
    if let Some((since, id)) = after {
        statement.push(" AND (t.stage_entered_at > ").bind(since);
        statement.push(" OR (t.stage_entered_at = ").bind(since);
        statement.push(" AND t.id > ").bind(id).push("))");
    }
    statement.push(") c WHERE c.place <= ").bind(limit).push(" ORDER BY c.stage, c.place");
    tx.query_cached(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok(CardPosition { stage: row.get(0)?, project: row.get(1)?, entered_at: row.get(2)? }))
        .collect()
}

/// Returns the number of projects per stage, without empty stages.
pub fn counts(tx: &mut Tx<'_>, query: &Query<'_>) -> Result<HashMap<String, i64>, StoreError> {
    let mut statement = Statement::new("SELECT t.current_stage, count(*) FROM projects t WHERE ");
    conditions(&mut statement, query);
    statement.push(" GROUP BY t.current_stage");
    tx.query_cached(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}
