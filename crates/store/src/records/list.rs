//! Lists: filters, search words, order, cursor, total.

use std::collections::HashMap;
use std::sync::Arc;

use obcms_domain::accounts::Area;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::{Field, FieldType, Kind, Record};

use super::condition::Scope;
use super::read;
use crate::database::Statement;
use crate::database::{Row, SqlValue, Tx};
use crate::error::StoreError;

/// Filter of a list.
#[derive(Clone, Debug)]
pub enum Filter {
    /// The column has one of these values.
    OneOf(String, Vec<SqlValue>),
    /// The column is NULL.
    Empty(String),
    /// The column is at least this value.
    From(String, SqlValue),
    /// The column is less than this value.
    Below(String, SqlValue),
    /// The column is at least the first and less than the second value.
    Within(String, SqlValue, SqlValue),
    /// The record points by this field at one of these records.
    PointsAt(String, Vec<Id>),
    /// The record points by this field at no record.
    PointsNowhere(String),
    /// A list stored as text contains one of these words.
    Holds(String, Vec<String>),
    /// The task is neither completed nor cancelled.
    Open,
    /// An entry of the record on the calendar ends after this time, or none does.
    Upcoming(bool, SqlValue),
    /// At least one of these filters matches.
    Any(Vec<Filter>),
    /// All of these filters match.
    All(Vec<Filter>),
    /// The record points by this field at a live record of the kind that all these filters match.
    Through(Hop, &'static Kind, Vec<Filter>, Option<Scope>),
    /// A live record of the kind that all these filters match points by this field at the record, or none does.
    Named(bool, &'static Kind, String, Vec<Filter>, Option<Scope>),
}

/// Field that leads to another record.
#[derive(Clone, Debug)]
pub enum Hop {
    /// Reference in a column of that name.
    Column(String),
    /// One of several references, by the name of the field.
    Edges(String),
    /// Link to records of several kinds, by the name of the field.
    Link(String),
}

/// Condition of an open task, in the exact text of the partial indexes over open tasks: with parameters instead of
/// the values neither engine would use those indexes.
pub const OPEN: &str = "\"status\" IN ('not_started', 'in_progress', 'on_hold')";

/// Selection by archiving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archived {
    /// Live records.
    Without,
    /// Archived records.
    Only,
    /// All records.
    With,
}

/// Sort key of a list.
#[derive(Clone, Copy, Debug)]
pub enum SortKey {
    /// Common column: `created_at` or `updated_at`.
    Common(&'static str),
    /// Field with a column.
    Field(&'static Field),
}

impl SortKey {
    fn expression(self) -> String {
        match self {
            Self::Common(name) => format!("t.\"{name}\""),
            Self::Field(field) => match field.data {
                FieldType::Link(_) => format!("t.\"{}_id\"", field.name),
                FieldType::Text(_) | FieldType::Multiline(_) | FieldType::Email if field.name != "code" => {
                    format!("lower(t.\"{}\")", field.name)
                }
                FieldType::Choice(choices) => {
                    // The alphabetical order of choices means nothing, so they sort in the order of their
                    // declaration.
                    let mut text = format!("CASE t.\"{}\"", field.name);
                    for (position, choice) in choices.iter().enumerate() {
                        text.push_str(&format!(" WHEN '{}' THEN {position}", choice.value));
                    }
                    text.push_str(" END");
                    text
                }
                _ => format!("t.\"{}\"", field.name),
            },
        }
    }

    /// Returns true if every record has a value. Without a NULLS clause the order is that of an index, on either
    /// engine and in either direction.
    const fn is_never_null(self) -> bool {
        match self {
            Self::Common(_) => true,
            Self::Field(field) => field.required,
        }
    }
}

/// Order of a list; the id breaks ties. Records without a value come last in both directions.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Sort key.
    pub key: SortKey,
    /// True for largest first.
    pub descending: bool,
}

/// Cursor of a list: the last record of the previous page.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// Sort value of the record.
    pub key: SqlValue,
    /// Id of the record.
    pub id: Id,
}

/// Query for a list.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// Kind of the records.
    pub kind: &'static Kind,
    /// Filters, all of which must match.
    pub filters: Vec<Filter>,
    /// Word prefixes, all of which must occur.
    pub words: Vec<String>,
    /// Scope of the reader.
    pub scope: Option<&'a Scope>,
    /// Selection by archiving.
    pub archived: Archived,
    /// Order.
    pub order: Order,
    /// Cursor after which the page begins.
    pub after: Option<Cursor>,
    /// Maximum number of records.
    pub limit: i64,
    /// True to calculate the total.
    pub counted: bool,
}

impl<'a> Query<'a> {
    /// Returns the query for the first live records, in the order in which they were created.
    #[must_use]
    pub fn first(kind: &'static Kind, filters: Vec<Filter>, scope: Option<&'a Scope>, limit: i64) -> Self {
        Self {
            kind,
            filters,
            words: Vec::new(),
            scope,
            archived: Archived::Without,
            order: Order { key: SortKey::Common("created_at"), descending: false },
            after: None,
            limit,
            counted: false,
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Cursor of the next page; nothing on the last page.
    pub next: Option<Cursor>,
    /// Total number of records, if requested.
    pub total: Option<i64>,
}

/// Returns one page. It sorts ids only, so that the sort carries no whole rows.
pub fn list(tx: &mut Tx<'_>, query: &Query<'_>) -> Result<Page, StoreError> {
    let kind = query.kind;
    let mut condition = Statement::default();
    conditions(&mut condition, query);
    let total = if query.counted { Some(count(tx, query)?) } else { None };
    let expression = query.order.key.expression();
    let mut statement = Statement::new(format!(
        "SELECT t.id, {expression} FROM \"{}\" t WHERE {}",
        kind.table, condition.sql
    ));
    statement.parameters = condition.parameters;
    if let Some(cursor) = &query.after {
        after(&mut statement, &expression, query.order.descending, cursor);
    }
    let direction = if query.order.descending { "DESC" } else { "ASC" };
    let empty = if query.order.key.is_never_null() { "" } else { " NULLS LAST" };
    statement.push(&format!(" ORDER BY {expression} {direction}{empty}, t.id {direction} LIMIT "));
    statement.bind(query.limit + 1);
    let rows = if is_logged(kind) {
        tx.query_cached(&statement.sql, &statement.parameters)?
    } else {
        Arc::new(tx.query(&statement.sql, &statement.parameters)?)
    };
    let shown = rows.len().min(usize::try_from(query.limit).unwrap_or(0));
    let ids = rows[..shown].iter().map(|row| row.get(0)).collect::<Result<Vec<Id>, _>>()?;
    let mut found: HashMap<Id, Record> =
        read::load_many(tx, kind, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    let records = ids.iter().filter_map(|id| found.remove(id)).collect();
    let next = (rows.len() > shown && shown > 0).then(|| cursor(&rows[shown - 1])).transpose()?;
    Ok(Page { records, next, total })
}

/// Group of a list: its key, the number of its records, and the first of them.
#[derive(Clone, Debug)]
pub struct Group {
    /// Value of the field; nothing for records without one.
    pub key: SqlValue,
    /// Number of records of the group.
    pub total: i64,
    /// First records in the order of the list.
    pub records: Vec<Record>,
}

/// Returns the groups of a list by the values of a field, each with its first records, in one statement. A record with
/// several values is in several groups.
pub fn groups(
    tx: &mut Tx<'_>,
    query: &Query<'_>,
    field: &Field,
    first: i64,
) -> Result<Vec<Group>, StoreError> {
    let kind = query.kind;
    let is_edge = field.is_reference() && !matches!(field.data, FieldType::Reference(_));
    let mut statement = Statement::default();
    let expression = query.order.key.expression();
    let key = if is_edge { "e.target".to_owned() } else { format!("t.\"{}\"", field.name) };
    let direction = if query.order.descending { "DESC" } else { "ASC" };
    let empty = if query.order.key.is_never_null() { "" } else { " NULLS LAST" };
    statement.push(&format!(
        "SELECT g.id, g.member, g.total FROM (SELECT t.id, {key} AS member, count(*) OVER (PARTITION BY {key}) AS total, \
         row_number() OVER (PARTITION BY {key} ORDER BY {expression} {direction}{empty}, t.id {direction}) AS place \
         FROM \"{}\" t",
        kind.table
    ));
    if is_edge {
        statement.push(" LEFT JOIN edges e ON e.source = t.id AND e.source_kind = ").bind(kind.name);
        statement.push(" AND e.field = ").bind(field.name);
    }
    statement.push(" WHERE ");
    conditions(&mut statement, query);
    statement.push(") g WHERE g.place <= ").bind(first);
    statement.push(" ORDER BY g.place, g.id LIMIT ").bind(query.limit);
    let rows = tx.query(&statement.sql, &statement.parameters)?;
    let ids = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<Id>, _>>()?;
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let found: HashMap<Id, Record> =
        read::load_many(tx, kind, &distinct)?.into_iter().map(|record| (record.id, record)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for (row, id) in rows.iter().zip(ids) {
        let key = if field.is_reference() {
            row.get::<Option<Id>>(1)?.map_or(SqlValue::Null, SqlValue::Id)
        } else {
            row.0.get(1).cloned().unwrap_or_default()
        };
        let place = groups.iter().position(|group| group.key == key).unwrap_or_else(|| {
            groups.push(Group { key, total: 0, records: Vec::new() });
            groups.len() - 1
        });
        groups[place].total = row.get(2)?;
        groups[place].records.extend(found.get(&id).cloned());
    }
    Ok(groups)
}

fn cursor(row: &Row) -> Result<Cursor, StoreError> {
    Ok(Cursor { key: row.0.get(1).cloned().unwrap_or_default(), id: row.get(0)? })
}

/// Returns the total number of records of the list.
pub fn count(tx: &mut Tx<'_>, query: &Query<'_>) -> Result<i64, StoreError> {
    Ok(counts(tx, std::slice::from_ref(query))?.first().copied().unwrap_or(0))
}

/// Returns the total of each list, in one statement.
pub fn counts(tx: &mut Tx<'_>, queries: &[Query<'_>]) -> Result<Vec<i64>, StoreError> {
    counts_with(tx, queries, |_| {})
}

/// Returns the total of each list, and one more number if `more` writes a query for it, in one statement, cached per
/// revision.
pub fn counts_with(
    tx: &mut Tx<'_>,
    queries: &[Query<'_>],
    more: impl FnOnce(&mut Statement),
) -> Result<Vec<i64>, StoreError> {
    let mut statement = Statement::default();
    for query in queries {
        statement.push(if statement.sql.is_empty() { "SELECT (" } else { ", (" });
        statement.push(&format!("SELECT count(*) FROM \"{}\" t WHERE ", query.kind.table));
        conditions(&mut statement, query);
        statement.push(")");
    }
    let mut further =
        Statement { parameters: std::mem::take(&mut statement.parameters), ..Statement::default() };
    more(&mut further);
    statement.parameters = further.parameters;
    if !further.sql.is_empty() {
        statement.push(if statement.sql.is_empty() { "SELECT (" } else { ", (" });
        statement.push(&further.sql).push(")");
    }
    if statement.sql.is_empty() {
        return Ok(Vec::new());
    }
    let rows = if queries.iter().all(|query| is_logged(query.kind)) {
        tx.query_cached(&statement.sql, &statement.parameters)?
    } else {
        Arc::new(tx.query(&statement.sql, &statement.parameters)?)
    };
    rows.first().map_or_else(|| Ok(Vec::new()), Row::numbers)
}

/// Returns true if every change of a record of the kind is in the change log. Sign-ins, reads of a feed and views of
/// a share are not.
fn is_logged(kind: &Kind) -> bool {
    !matches!(kind.area, Area::Personal | Area::Accounts)
}

fn after(statement: &mut Statement, expression: &str, descending: bool, cursor: &Cursor) {
    let sign = if descending { "<" } else { ">" };
    if cursor.key == SqlValue::Null {
        statement.push(&format!(" AND {expression} IS NULL AND t.id {sign} ")).bind(cursor.id);
        return;
    }
    statement.push(&format!(" AND ({expression} {sign} ")).bind(cursor.key.clone());
    statement.push(&format!(" OR ({expression} = ")).bind(cursor.key.clone());
    statement.push(&format!(" AND t.id {sign} ")).bind(cursor.id);
    statement.push(&format!(") OR {expression} IS NULL)"));
}

/// Appends all conditions of the list on the table `t`.
pub fn conditions(statement: &mut Statement, query: &Query<'_>) {
    statement.push(match query.archived {
        Archived::Without => "t.archived_at IS NULL",
        Archived::Only => "t.archived_at IS NOT NULL",
        Archived::With => "1 = 1",
    });
    all(statement, query.kind, &query.filters, None);
    for word in &query.words {
        statement.push(" AND t.id IN (SELECT w.id FROM search_words w WHERE w.word >= ").bind(word.as_str());
        statement.push(" AND w.word < ").bind(format!("{word}\u{10ffff}"));
        statement.push(" AND w.kind = ").bind(query.kind.name).push(")");
    }
    Scope::and(query.scope, statement, query.kind, "t");
}

/// Appends a query for the ids of live records of a kind that all the filters match. Its `t` hides that of the query
/// around it.
fn live_ids(statement: &mut Statement, kind: &'static Kind, filters: &[Filter], scope: Option<&Scope>) {
    statement.push(&format!("SELECT t.id FROM \"{}\" t WHERE t.archived_at IS NULL", kind.table));
    all(statement, kind, filters, scope);
}

/// Appends all of the filters and the scope to other conditions on the table `t`.
fn all(statement: &mut Statement, kind: &Kind, filters: &[Filter], scope: Option<&Scope>) {
    for filter in filters {
        statement.push(" AND ");
        filter_condition(statement, kind, filter);
    }
    Scope::and(scope, statement, kind, "t");
}

/// Appends the conditions of filters in parentheses; `none` is that of no filter.
fn joined(statement: &mut Statement, kind: &Kind, filters: &[Filter], by: &str, none: &str) {
    statement.push("(");
    for (position, filter) in filters.iter().enumerate() {
        if position > 0 {
            statement.push(by);
        }
        filter_condition(statement, kind, filter);
    }
    statement.push(if filters.is_empty() { none } else { "" }).push(")");
}

/// Appends the condition of one filter on the table `t`.
fn filter_condition(statement: &mut Statement, kind: &Kind, filter: &Filter) {
    match filter {
        Filter::OneOf(column, values) => {
            statement.push(&format!("t.\"{column}\" IN ")).bind_list(values.iter().cloned());
        }
        Filter::Empty(column) => {
            statement.push(&format!("t.\"{column}\" IS NULL"));
        }
        Filter::From(column, value) => {
            statement.push(&format!("t.\"{column}\" >= ")).bind(value.clone());
        }
        Filter::Below(column, value) => {
            statement.push(&format!("t.\"{column}\" < ")).bind(value.clone());
        }
        Filter::Within(column, first, after_last) => {
            statement.push(&format!("(t.\"{column}\" >= ")).bind(first.clone());
            statement.push(&format!(" AND t.\"{column}\" < ")).bind(after_last.clone()).push(")");
        }
        Filter::Open => {
            statement.push(&format!("t.{OPEN}"));
        }
        Filter::Upcoming(is_upcoming, now) => {
            statement.push(if *is_upcoming { "t.id IN (" } else { "t.id NOT IN (" });
            statement.push("SELECT c.record_id FROM calendar_entries c WHERE c.kind = ").bind(kind.name);
            statement.push(" AND c.end_at > ").bind(now.clone()).push(")");
        }
        Filter::Any(filters) => joined(statement, kind, filters, " OR ", "1 = 0"),
        Filter::All(filters) => joined(statement, kind, filters, " AND ", "1 = 1"),
        Filter::Through(hop, target, filters, scope) => {
            match hop {
                Hop::Column(column) => {
                    statement.push(&format!("t.\"{column}\" IN ("));
                }
                Hop::Link(field) => {
                    statement.push(&format!("t.\"{field}_kind\" = ")).bind(target.name);
                    statement.push(&format!(" AND t.\"{field}_id\" IN ("));
                }
                Hop::Edges(field) => {
                    statement.push("t.id IN (SELECT e.source FROM edges e WHERE e.source_kind = ");
                    statement.bind(kind.name).push(" AND e.field = ").bind(field.as_str());
                    statement.push(" AND e.target IN (");
                }
            }
            live_ids(statement, target, filters, scope.as_ref());
            statement.push(if matches!(hop, Hop::Edges(_)) { "))" } else { ")" });
        }
        Filter::Named(is_named, source, field, filters, scope) => {
            statement.push(if *is_named { "t.id IN (" } else { "t.id NOT IN (" });
            // A cross join fixes SQLite's join order: from the few records to their edges, not over all edges.
            statement.push(&format!(
                "SELECT e.target FROM \"{}\" t CROSS JOIN edges e WHERE e.source = t.id AND e.field = ",
                source.table
            ));
            statement.bind(field.as_str()).push(" AND t.archived_at IS NULL");
            all(statement, source, filters, scope.as_ref());
            statement.push(")");
        }
        Filter::PointsAt(field, ids) => {
            statement.push("t.id IN (SELECT e.source FROM edges e WHERE e.target IN ");
            statement.bind_list(ids.iter().map(|id| SqlValue::Id(*id)));
            statement.push(" AND e.source_kind = ").bind(kind.name);
            statement.push(" AND e.field = ").bind(field.as_str()).push(")");
        }
        // Stored in a column of its own, see `write::row`.
        Filter::PointsNowhere(field) if *kind == TASK && field == task::ASSIGNEES.name() => {
            statement.push(&format!("t.\"{}\"", task::UNASSIGNED.name()));
        }
        Filter::PointsNowhere(field) => {
            statement
                .push("NOT EXISTS (SELECT 1 FROM edges e WHERE e.source = t.id AND e.field = ")
                .bind(field.as_str())
                .push(")");
        }
        // Without words nothing matches.
        Filter::Holds(_, words) if words.is_empty() => {
            statement.push("1 = 0");
        }
        Filter::Holds(column, words) => {
            statement.push("(");
            for (position, word) in words.iter().enumerate() {
                if position > 0 {
                    statement.push(" OR ");
                }
                // Choices and tags are stored as a JSON list of texts.
                let quoted = serde_json::Value::from(word.as_str()).to_string();
                let pattern = quoted.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                statement.push(&format!("t.\"{column}\" LIKE ")).bind(format!("%{pattern}%"));
                statement.push(" ESCAPE '\\'");
            }
            statement.push(")");
        }
    }
}
