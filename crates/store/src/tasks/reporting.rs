//! Figures about tasks: progress by group, the tasks of a burn-up, open work by person.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;

use crate::database::{Row, SqlValue, Statement, Tx};
use crate::error::StoreError;
use crate::records::{OPEN, Scope};

/// Property by which progress is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressGroup {
    /// All tasks together.
    All,
    /// Assignee; a task with several counts for each.
    Person,
    /// Team.
    Team,
    /// Template.
    Template,
    /// Domain.
    Domain,
    /// Phase.
    Phase,
    /// Priority.
    Priority,
}

impl ProgressGroup {
    /// Field of several references, for the groups that have one.
    fn edge(self) -> Option<&'static str> {
        match self {
            Self::Person => Some("assignees"),
            Self::Team => Some("teams"),
            _ => None,
        }
    }

    /// Expression of the key.
    fn key(self) -> &'static str {
        match self {
            Self::All => "''",
            Self::Person | Self::Team => "a.target",
            Self::Template => "t.template",
            Self::Domain => "coalesce(t.domain, '')",
            Self::Phase => "coalesce(t.phase, '')",
            Self::Priority => "coalesce(t.priority, '')",
        }
    }

    /// Reads the key in the first column: an id, or a text.
    fn read_key(self, row: &Row) -> Result<(Option<Id>, String), StoreError> {
        match self {
            Self::Person | Self::Team | Self::Template => Ok((row.get(0)?, String::new())),
            _ => Ok((None, row.get(0)?)),
        }
    }
}

/// Figures of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgressRow {
    /// Person, team or template.
    pub id: Option<Id>,
    /// Value of the domain, phase or priority.
    pub value: String,
    /// Tasks due in the period without cancelled ones.
    pub total: i64,
    /// Completed ones.
    pub completed: i64,
    /// Completed by the due date.
    pub on_time: i64,
    /// Completed after the due date.
    pub late: i64,
    /// Open and due before today.
    pub overdue: i64,
    /// Median of the days from start to completion, doubled, so that it is a whole number.
    pub median_twice: Option<i64>,
}

/// Appends the source of the rows of a group, with the tasks that are due from `start` to before `end`.
fn from(statement: &mut Statement, group: ProgressGroup, period: (Date, Date), scope: Option<&Scope>) {
    statement.push(" FROM tasks t");
    if let Some(field) = group.edge() {
        statement.push(&format!(" LEFT JOIN edges a ON a.source = t.id AND a.field = '{field}'"));
    }
    statement.push(" WHERE t.archived_at IS NULL AND t.status <> 'cancelled' AND t.next_due >= ");
    statement.bind(period.0).push(" AND t.next_due < ").bind(period.1);
    Scope::and(scope, statement, &TASK, "t");
}

/// Returns the figures of the tasks due in a period by group. The end is exclusive.
pub fn progress(
    tx: &mut Tx<'_>,
    group: ProgressGroup,
    period: (Date, Date),
    today: Date,
    scope: Option<&Scope>,
) -> Result<Vec<ProgressRow>, StoreError> {
    let key = group.key();
    let mut statement = Statement::new(format!(
        "SELECT {key}, count(*), count(CASE WHEN t.status = 'completed' THEN 1 END), \
         count(CASE WHEN t.status = 'completed' AND t.on_time = "
    ));
    statement.bind(true).push(" THEN 1 END), count(CASE WHEN t.status = 'completed' AND t.on_time = ");
    statement.bind(false).push(" THEN 1 END), count(CASE WHEN t.status <> 'completed' AND t.next_due < ");
    statement.bind(today).push(" THEN 1 END)");
    from(&mut statement, group, period, scope);
    if group != ProgressGroup::All {
        statement.push(&format!(" GROUP BY {key}"));
    }
    let medians = medians(tx, group, period, scope)?;
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| {
            let (id, value) = group.read_key(row)?;
            let median_twice = medians.get(&(id, value.clone())).copied();
            Ok(ProgressRow {
                id,
                value,
                total: row.get(1)?,
                completed: row.get(2)?,
                on_time: row.get(3)?,
                late: row.get(4)?,
                overdue: row.get(5)?,
                median_twice,
            })
        })
        .collect()
}

/// Returns the doubled median of the days from start to completion of each group: the sum of the middle two, or twice
/// the middle one.
fn medians(
    tx: &mut Tx<'_>,
    group: ProgressGroup,
    period: (Date, Date),
    scope: Option<&Scope>,
) -> Result<HashMap<(Option<Id>, String), i64>, StoreError> {
    let key = group.key();
    // Without a column in the window, all rows are one partition.
    let part = if group == ProgressGroup::All { String::new() } else { format!("PARTITION BY {key} ") };
    let mut statement = Statement::new(format!(
        "SELECT m.group_key, CAST(sum(m.days) AS BIGINT), count(*) FROM (SELECT {key} AS group_key, \
         t.cycle_days AS days, row_number() OVER ({part}ORDER BY t.cycle_days, t.id) AS place, \
         count(*) OVER ({part}) AS many"
    ));
    from(&mut statement, group, period, scope);
    statement.push(
        " AND t.status = 'completed' AND t.cycle_days IS NOT NULL) m \
         WHERE m.place IN ((m.many + 1) / 2, (m.many + 2) / 2) GROUP BY m.group_key",
    );
    let mut found = HashMap::new();
    for row in tx.query(&statement.sql, &statement.parameters)? {
        let (sum, many): (i64, i64) = (row.get(1)?, row.get(2)?);
        found.insert(group.read_key(&row)?, if many == 1 { 2 * sum } else { sum });
    }
    Ok(found)
}

/// Task of a burn-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurnTask {
    /// Time of creation.
    pub created_at: Timestamp,
    /// Weight in hundredths.
    pub weight: i64,
    /// Day of completion.
    pub completed_on: Option<Date>,
}

/// Returns the live tasks of a PPA that count for its progress: neither cancelled ones nor those of its approval.
pub fn burn_tasks(tx: &mut Tx<'_>, ppa: Id, scope: Option<&Scope>) -> Result<Vec<BurnTask>, StoreError> {
    let mut statement = Statement::new(
        "SELECT t.created_at, coalesce(t.weight, 100), CASE WHEN t.status = 'completed' THEN t.completed_on END \
         FROM tasks t WHERE t.origin_kind = 'ppa' AND t.origin_id = ",
    );
    statement.bind(ppa).push(
        " AND t.archived_at IS NULL AND t.status <> 'cancelled' \
         AND (t.template_item IS NULL OR t.template_item NOT LIKE 'approval!_%' ESCAPE '!')",
    );
    Scope::and(scope, &mut statement, &TASK, "t");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok(BurnTask { created_at: row.get(0)?, weight: row.get(1)?, completed_on: row.get(2)? }))
        .collect()
}

/// Returns the open tasks with assignees, or those of a member of the team, each with one of its assignees.
pub fn open_work(
    tx: &mut Tx<'_>,
    team: Option<Id>,
    scope: Option<&Scope>,
) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut statement = Statement::new(format!(
        "SELECT t.id, a.target FROM tasks t CROSS JOIN edges a WHERE a.source = t.id AND a.field = 'assignees' \
         AND t.{OPEN} AND t.archived_at IS NULL"
    ));
    if let Some(team) = team {
        statement.push(
            " AND t.id IN (SELECT o.source FROM edges o JOIN edges m ON m.target = o.target \
             WHERE o.field = 'assignees' AND m.field IN ('members', 'lead') AND m.source = ",
        );
        statement.bind(team).push(")");
    }
    Scope::and(scope, &mut statement, &TASK, "t");
    statement.push(" ORDER BY t.id, a.position");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Returns the absences of people in a period: their delegations, by person.
pub fn absences(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<(Id, Date, Date)>, StoreError> {
    let sql = "SELECT delegator, start_date, end_date FROM delegations \
               WHERE archived_at IS NULL AND delegator IS NOT NULL AND start_date <= $1 AND end_date >= $2";
    tx.query(sql, &[SqlValue::Date(last), SqlValue::Date(first)])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}
