//! Task board: the first cards of every column in one statement, and the manual order.

use std::collections::HashMap;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::task;

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;
use crate::records::{Filter, Query, conditions};

/// Maximum number of columns per statement, below the limits of both engines on parts and parameters.
const COLUMNS: usize = 30;

/// Grouping of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// By status.
    Status,
    /// By priority.
    Priority,
    /// By domain.
    Domain,
    /// By assignee; a task of several people is in several columns.
    Assignee,
    /// By phase of its origin.
    Phase,
    /// By the record that it belongs to.
    Origin,
}

impl Group {
    /// Returns the column of the table, if the group has one.
    const fn column(self) -> Option<&'static str> {
        match self {
            Self::Status => Some("status"),
            Self::Priority => Some("priority"),
            Self::Domain => Some("domain"),
            Self::Phase => Some("phase"),
            Self::Assignee | Self::Origin => None,
        }
    }
}

/// Key of a column of the board.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Value of the grouping field.
    Value(String),
    /// Assignee or origin.
    Record(Id),
    /// No value: no assignee, no phase, no origin.
    None,
}

/// Position of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardPosition {
    /// The task.
    pub task: Id,
    /// Rank in the manual order.
    pub rank: String,
}

/// Returns the first `limit` cards of each column, in order; `after` continues behind a card.
pub fn columns(
    tx: &mut Tx<'_>,
    query: &Query<'_>,
    group: Group,
    keys: &[Key],
    after: Option<&CardPosition>,
    limit: i64,
) -> Result<Vec<Vec<CardPosition>>, StoreError> {
    if let (Some(column), Some(_), None) = (group.column(), query.scope, after) {
        return columns_of_a_part(tx, query, column, keys, limit);
    }
    let cells: Vec<Cell<'_>> = keys.iter().map(|key| (query, key)).collect();
    let found = first_cards(tx, group, &cells, "0", after, limit)?;
    Ok(found.into_iter().map(|(_, cards)| cards).collect())
}

/// Cell of a board with lanes: the query of its lane, and the key of its column.
pub type Cell<'a> = (&'a Query<'a>, &'a Key);

/// Returns for each cell of a board with lanes its number of cards and the first of them, with few statements for all.
pub fn cells(
    tx: &mut Tx<'_>,
    group: Group,
    cells: &[Cell<'_>],
    limit: i64,
) -> Result<Vec<(i64, Vec<CardPosition>)>, StoreError> {
    first_cards(tx, group, cells, "count(*) OVER ()", None, limit)
}

/// Returns for each cell the value of the expression `total`, and its first `limit` cards behind `after`.
fn first_cards(
    tx: &mut Tx<'_>,
    group: Group,
    cells: &[Cell<'_>],
    total: &str,
    after: Option<&CardPosition>,
    limit: i64,
) -> Result<Vec<(i64, Vec<CardPosition>)>, StoreError> {
    let mut result = vec![(0, Vec::new()); cells.len()];
    for (chunk_number, chunk) in cells.chunks(COLUMNS).enumerate() {
        let mut statement = Statement::default();
        for (position, (query, key)) in chunk.iter().enumerate() {
            if position > 0 {
                statement.push(" UNION ALL ");
            }
            statement.push(&format!(
                "SELECT * FROM (SELECT {position} AS place, t.id, t.rank, {total} AS total FROM "
            ));
            one_column(&mut statement, query, group, key);
            if let Some(place) = after {
                statement.push(" AND (t.rank > ").bind(place.rank.as_str());
                statement.push(" OR (t.rank = ").bind(place.rank.as_str());
                statement.push(" AND t.id > ").bind(place.task).push("))");
            }
            statement.push(" ORDER BY t.rank, t.id LIMIT ").bind(limit);
            statement.push(&format!(") c{position}"));
        }
        statement.push(" ORDER BY place, rank, id");
        for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
            let place: i64 = row.get(0)?;
            let card =
                CardPosition { task: row.get(1)?, rank: row.get::<Option<String>>(2)?.unwrap_or_default() };
            let number = chunk_number * COLUMNS + usize::try_from(place).unwrap_or(0);
            if let Some(cell) = result.get_mut(number) {
                cell.0 = row.get(3)?;
                cell.1.push(card);
            }
        }
    }
    Ok(result)
}

/// Returns the filters that all cards of a lane match.
#[must_use]
pub fn lane_filters(group: Group, key: &Key) -> Vec<Filter> {
    let people = task::ASSIGNEES.name().to_owned();
    let origin = format!("{}_id", task::ORIGIN.name());
    vec![match (group, group.column(), key) {
        (_, Some(column), Key::Value(value)) => {
            Filter::OneOf(column.to_owned(), vec![SqlValue::from(value.as_str())])
        }
        (_, Some(column), _) => Filter::Empty(column.to_owned()),
        (Group::Origin, _, Key::Record(id)) => Filter::OneOf(origin, vec![SqlValue::Id(*id)]),
        (Group::Origin, ..) => Filter::Empty(origin),
        (_, _, Key::Record(person)) => Filter::PointsAt(people, vec![*person]),
        _ => Filter::PointsNowhere(people),
    }]
}

/// Returns the first cards of each column for a reader with a scope. The scope is read once for all columns, where an
/// unlimited reader has an index for each.
fn columns_of_a_part(
    tx: &mut Tx<'_>,
    query: &Query<'_>,
    column: &str,
    keys: &[Key],
    limit: i64,
) -> Result<Vec<Vec<CardPosition>>, StoreError> {
    let mut statement = Statement::new(format!(
        "SELECT c.value, c.id, c.rank FROM (SELECT t.\"{column}\" AS value, t.id, t.rank, \
         row_number() OVER (PARTITION BY t.\"{column}\" ORDER BY t.rank, t.id) AS place FROM tasks t WHERE "
    ));
    conditions(&mut statement, query);
    statement.push(") c WHERE c.place <= ").bind(limit).push(" ORDER BY c.value, c.place");
    let mut result = vec![Vec::new(); keys.len()];
    for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
        let key = row.get::<Option<String>>(0)?.map_or(Key::None, Key::Value);
        if let Some(number) = keys.iter().position(|known| *known == key) {
            let rank = row.get::<Option<String>>(2)?.unwrap_or_default();
            result[number].push(CardPosition { task: row.get(1)?, rank });
        }
    }
    Ok(result)
}

/// Appends table and conditions of one column, open for more conditions.
fn one_column(statement: &mut Statement, query: &Query<'_>, group: Group, key: &Key) {
    match (key, group.column()) {
        (Key::Value(value), Some(column)) => {
            statement.push(&format!("tasks t WHERE t.\"{column}\" = ")).bind(value.as_str());
            statement.push(" AND ");
        }
        (Key::Record(origin), _) if group == Group::Origin => {
            statement.push("tasks t WHERE t.origin_id = ").bind(*origin).push(" AND ");
        }
        (Key::Record(person), _) => {
            statement.push("edges a JOIN tasks t ON t.id = a.source WHERE a.target = ").bind(*person);
            statement.push(" AND a.source_kind = 'task' AND a.field = 'assignees' AND ");
        }
        (_, column) => {
            statement.push("tasks t WHERE ");
            match column {
                Some(column) => statement.push(&format!("t.\"{column}\" IS NULL")),
                None if group == Group::Origin => statement.push("t.origin_id IS NULL"),
                None => nobody(statement),
            };
            statement.push(" AND ");
        }
    }
    conditions(statement, query);
}

fn nobody(statement: &mut Statement) -> &mut Statement {
    statement.push(&format!("t.\"{}\"", task::UNASSIGNED.name()))
}

/// Returns the number of cards per column, without empty columns.
pub fn counts(tx: &mut Tx<'_>, query: &Query<'_>, group: Group) -> Result<HashMap<Key, i64>, StoreError> {
    let mut result = HashMap::new();
    if let Some(column) = group.column() {
        let mut statement = Statement::new(format!("SELECT t.\"{column}\", count(*) FROM tasks t WHERE "));
        conditions(&mut statement, query);
        statement.push(&format!(" GROUP BY t.\"{column}\""));
        for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
            let key = row.get::<Option<String>>(0)?.map_or(Key::None, Key::Value);
            result.insert(key, row.get(1)?);
        }
        return Ok(result);
    }
    if group == Group::Origin {
        let mut statement = Statement::new("SELECT t.origin_id, count(*) FROM tasks t WHERE ");
        conditions(&mut statement, query);
        statement.push(" GROUP BY t.origin_id");
        for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
            let key = row.get::<Option<Id>>(0)?.map_or(Key::None, Key::Record);
            result.insert(key, row.get(1)?);
        }
        return Ok(result);
    }
    // A cross join fixes SQLite's join order: from the matching tasks to their assignees.
    let mut statement = Statement::new(
        "SELECT a.target, count(*) FROM tasks t CROSS JOIN edges a WHERE a.source = t.id AND a.field = 'assignees' AND ",
    );
    conditions(&mut statement, query);
    statement.push(" GROUP BY a.target");
    for row in tx.query_cached(&statement.sql, &statement.parameters)?.iter() {
        result.insert(Key::Record(row.get(0)?), row.get(1)?);
    }
    let mut statement = Statement::new("SELECT count(*) FROM tasks t WHERE ");
    nobody(&mut statement);
    statement.push(" AND ");
    conditions(&mut statement, query);
    if let Some(row) = tx.query_cached(&statement.sql, &statement.parameters)?.first() {
        result.insert(Key::None, row.get(0)?);
    }
    Ok(result)
}

/// Returns the nearest rank above, or below, `rank` among tasks other than `moved`. Equal ranks are skipped, because
/// nothing fits between them.
pub fn neighbor(tx: &mut Tx<'_>, rank: &str, above: bool, moved: Id) -> Result<Option<String>, StoreError> {
    let (sign, direction) = if above { (">", "ASC") } else { ("<", "DESC") };
    let sql =
        format!("SELECT rank FROM tasks WHERE rank {sign} $1 AND id <> $2 ORDER BY rank {direction} LIMIT 1");
    tx.first(&sql, &[SqlValue::from(rank), moved.into()])?.map(|row| row.get(0)).transpose()
}

/// Returns id and title of the open tasks that a task depends on.
pub fn open_prerequisites(tx: &mut Tx<'_>, waits_for: &[Id]) -> Result<Vec<(Id, String)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT id, title FROM tasks WHERE status NOT IN ('completed', 'cancelled') AND archived_at IS NULL AND id IN ",
    );
    statement.bind_list(waits_for.iter().map(|id| SqlValue::Id(*id)));
    statement.push(" ORDER BY due_date, id LIMIT 50");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}
