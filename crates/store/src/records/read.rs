//! Reads of records by id, and of references between records.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Field, FieldType, Kind, Link, Record, Value};

use super::condition::{Scope, is_for_everyone};
use super::schema;
use crate::database::Statement;
use crate::database::{Row, SqlValue, Tx};
use crate::error::StoreError;
use crate::vault;

/// Maximum number of ids per statement.
const CHUNK: usize = 400;

/// Returns the record with this id, archived or not.
pub fn load(tx: &mut Tx<'_>, kind: &'static Kind, id: Id) -> Result<Option<Record>, StoreError> {
    Ok(load_many(tx, kind, &[id])?.into_iter().next())
}

/// Returns the live records of a kind that a person created, oldest first.
pub fn live_of_owner(tx: &mut Tx<'_>, kind: &'static Kind, owner: Id) -> Result<Vec<Record>, StoreError> {
    let sql = format!(
        "SELECT id FROM {} WHERE created_by = $1 AND archived_at IS NULL ORDER BY created_at, id",
        kind.table
    );
    let rows = tx.query(&sql, &[owner.into()])?;
    let ids: Vec<Id> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    load_many(tx, kind, &ids)
}

/// Returns the live default views of a person for a page, except one.
pub fn default_views(tx: &mut Tx<'_>, owner: Id, page: &str, except: Id) -> Result<Vec<Id>, StoreError> {
    tx.query(
        "SELECT id FROM saved_views WHERE created_by = $1 AND \"page\" = $2 AND id <> $3 AND is_default = $4 \
         AND archived_at IS NULL",
        &[owner.into(), page.into(), except.into(), true.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Returns another record of the kind with the same text in the field, archived ones included.
pub fn with_same_text(tx: &mut Tx<'_>, record: &Record, field: &Field) -> Result<Option<Id>, StoreError> {
    let sql = format!("SELECT id FROM \"{}\" WHERE \"{}\" = $1 AND id <> $2", record.kind.table, field.name);
    tx.first(&sql, &[record.text(field.name).into(), record.id.into()])?.map(|row| row.get(0)).transpose()
}

/// Returns the existing records with these ids, unsorted.
pub fn load_many(tx: &mut Tx<'_>, kind: &'static Kind, ids: &[Id]) -> Result<Vec<Record>, StoreError> {
    let mut records = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut statement =
            Statement::new(format!("SELECT {} FROM \"{}\" t WHERE t.id IN ", columns(kind), kind.table));
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for mut row in tx.query(&statement.sql, &statement.parameters)? {
            records.push(read(kind, &mut row)?);
        }
    }
    fill_lists(tx, kind, &mut records)?;
    Ok(records)
}

/// Returns all columns of the kind, of the table `t`.
fn columns(kind: &Kind) -> &'static str {
    static COLUMNS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
        let named = |name: &String| format!("t.\"{name}\"");
        let listed =
            |kind: &Kind| schema::column_names(kind).iter().map(named).collect::<Vec<_>>().join(", ");
        kinds::REGISTRY.into_iter().map(|kind| (kind.name, listed(kind))).collect()
    });
    COLUMNS.get(kind.name).map_or("", String::as_str)
}

/// Converts a row to a record, without its lists of references. The texts move from the row to the record.
pub(super) fn read(kind: &'static Kind, row: &mut Row) -> Result<Record, StoreError> {
    let mut record = Record {
        kind,
        id: row.get(0)?,
        version: row.get(1)?,
        created_at: row.get(2)?,
        created_by: row.get(3)?,
        updated_at: row.get(4)?,
        archived_at: row.get(5)?,
        values: vec![Value::Null; kind.fields.len()],
    };
    let mut column = schema::COMMON.len();
    for (position, field) in kind.columns() {
        record.values[position] = match value(field, row, column)? {
            Value::Text(text) if field.sealed => Value::Text(vault::from_stored(record.id, text)?),
            value => value,
        };
        column += if matches!(field.data, FieldType::Link(_)) { 2 } else { 1 };
    }
    Ok(record)
}

fn value(field: &Field, row: &mut Row, column: usize) -> Result<Value, StoreError> {
    Ok(match field.data {
        FieldType::Reference(_) => row.get::<Option<Id>>(column)?.into(),
        FieldType::Integer(..) | FieldType::Decimal(..) | FieldType::Money => {
            row.get::<Option<i64>>(column)?.into()
        }
        FieldType::Boolean => row.get::<Option<bool>>(column)?.into(),
        FieldType::Date => row.get::<Option<jiff::civil::Date>>(column)?.into(),
        FieldType::Instant | FieldType::Moment => row.get::<Option<jiff::Timestamp>>(column)?.into(),
        FieldType::Link(_) => match (row.take_text(column)?, row.get::<Option<Id>>(column + 1)?) {
            (Some(kind), Some(id)) => Value::Link(Link { kind, id }),
            _ => Value::Null,
        },
        FieldType::Choices(_) | FieldType::Tags | FieldType::Moments | FieldType::Structure(_) => {
            match row.text(column)? {
                Some(text) => Value::Json(
                    serde_json::from_str(text)
                        .map_err(|error| StoreError::Damaged(format!("{}: {error}", field.name)))?,
                ),
                None => Value::Null,
            }
        }
        FieldType::References(_) | FieldType::Links(_) => Value::Null,
        _ => row.take_text(column)?.into(),
    })
}

/// Fills the lists of references, with one query for all records.
pub(super) fn fill_lists(
    tx: &mut Tx<'_>,
    kind: &'static Kind,
    records: &mut [Record],
) -> Result<(), StoreError> {
    let lists: Vec<usize> =
        (0..kind.fields.len()).filter(|position| !kind.fields[*position].has_column()).collect();
    if lists.is_empty() || records.is_empty() {
        return Ok(());
    }
    let places: HashMap<Id, usize> =
        records.iter().enumerate().map(|(position, record)| (record.id, position)).collect();
    let ids: Vec<Id> = records.iter().map(|record| record.id).collect();
    for chunk in ids.chunks(CHUNK) {
        let mut statement =
            Statement::new("SELECT source, field, target, target_kind FROM edges WHERE source IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" AND field IN ");
        statement.bind_list(lists.iter().map(|position| SqlValue::from(kind.fields[*position].name)));
        statement.push(" ORDER BY source, field, position");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            let source: Id = row.get(0)?;
            let name: String = row.get(1)?;
            let (Some(place), Some(position)) = (places.get(&source), kind.position(&name)) else {
                continue;
            };
            let target: Id = row.get(2)?;
            let slot = &mut records[*place].values[position];
            match kind.fields[position].data {
                FieldType::Links(_) => match slot {
                    Value::Links(links) => links.push(Link { kind: row.get(3)?, id: target }),
                    _ => *slot = Value::Links(vec![Link { kind: row.get(3)?, id: target }]),
                },
                _ => match slot {
                    Value::Ids(ids) => ids.push(target),
                    _ => *slot = Value::Ids(vec![target]),
                },
            }
        }
    }
    Ok(())
}

/// Reference to another record as shown: kind, title and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The record.
    pub id: Id,
    /// Name of its kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Status, or empty.
    pub state: String,
    /// True if it is archived.
    pub is_archived: bool,
}

/// References by id.
pub type Directory = HashMap<Id, Reference>;

pub(super) fn reference(row: &Row) -> Result<Reference, StoreError> {
    Ok(Reference {
        id: row.get(0)?,
        kind: row.get(1)?,
        title: row.get(2)?,
        state: row.get(3)?,
        is_archived: row.get(4)?,
    })
}

/// Returns the references for these ids, of any kind.
pub fn references(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Directory, StoreError> {
    let mut unique: Vec<Id> = ids.to_vec();
    unique.sort_unstable();
    unique.dedup();
    let mut result = HashMap::with_capacity(unique.len());
    for chunk in unique.chunks(CHUNK) {
        let mut statement =
            Statement::new("SELECT id, kind, title, state, is_archived FROM records WHERE id IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            let reference = reference(&row)?;
            result.insert(reference.id, reference);
        }
    }
    Ok(result)
}

/// Returns the records of a kind with one of these titles.
pub fn titled(tx: &mut Tx<'_>, kind: &str, titles: &[String]) -> Result<Vec<Reference>, StoreError> {
    titled_by(tx, kind, "title", titles)
}

/// Returns the records of a kind whose title in lower case is one of these. SQLite lowers only ASCII letters, so a
/// caller gives the forms of both engines.
pub fn titled_in_any_case(
    tx: &mut Tx<'_>,
    kind: &str,
    titles: &[String],
) -> Result<Vec<Reference>, StoreError> {
    titled_by(tx, kind, "lower(title)", titles)
}

fn titled_by(
    tx: &mut Tx<'_>,
    kind: &str,
    expression: &str,
    titles: &[String],
) -> Result<Vec<Reference>, StoreError> {
    let mut result = Vec::new();
    for chunk in titles.chunks(CHUNK) {
        let mut statement =
            Statement::new("SELECT id, kind, title, state, is_archived FROM records WHERE kind = ");
        statement.bind(kind).push(" AND ").push(expression).push(" IN ");
        statement.bind_list(chunk.iter().map(|title| SqlValue::from(title.as_str())));
        statement.push(" ORDER BY title, id");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push(reference(&row)?);
        }
    }
    Ok(result)
}

/// Returns at most `limit` records that point at one of `targets`, with the field of the reference.
pub fn sources(
    tx: &mut Tx<'_>,
    targets: &[Id],
    kinds: &[&str],
    limit: i64,
) -> Result<Vec<(Id, String, Reference)>, StoreError> {
    let mut result = Vec::new();
    for chunk in targets.chunks(CHUNK) {
        let mut statement = Statement::new(
            "SELECT r.id, r.kind, r.title, r.state, r.is_archived, e.target, e.field FROM edges e \
             JOIN records r ON r.id = e.source WHERE e.target IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        if !kinds.is_empty() {
            statement.push(" AND e.source_kind IN ");
            statement.bind_list(kinds.iter().map(|kind| SqlValue::from(*kind)));
        }
        statement.push(" ORDER BY r.title, r.id LIMIT ").bind(limit);
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push((row.get(5)?, row.get(6)?, reference(&row)?));
        }
    }
    Ok(result)
}

/// Returns the live records of a kind that point at one of the targets by a field, in the order of their ids.
pub fn live_sources(
    tx: &mut Tx<'_>,
    targets: &[Id],
    kind: &str,
    field: &str,
) -> Result<Vec<Reference>, StoreError> {
    let mut found = Vec::new();
    for chunk in targets.chunks(CHUNK) {
        let mut statement = Statement::new(
            "SELECT DISTINCT r.id, r.kind, r.title, r.state, r.is_archived FROM edges e \
             JOIN records r ON r.id = e.source WHERE r.is_archived = ",
        );
        statement.bind(false).push(" AND e.source_kind = ").bind(kind);
        statement.push(" AND e.field = ").bind(field).push(" AND e.target IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" ORDER BY r.id");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            found.push(reference(&row)?);
        }
    }
    Ok(found)
}

/// Returns the records of a kind that are not archived.
pub fn live(tx: &mut Tx<'_>, kind: &str) -> Result<Vec<Reference>, StoreError> {
    let sql = "SELECT id, kind, title, state, is_archived FROM records WHERE kind = $1 AND is_archived = $2 ORDER BY id";
    tx.query(sql, &[kind.into(), false.into()])?.iter().map(reference).collect()
}

/// Returns the records that `sources` point at, with the field of the reference.
pub fn targets(tx: &mut Tx<'_>, sources: &[Id]) -> Result<Vec<(Id, String, Reference)>, StoreError> {
    let mut result = Vec::new();
    for chunk in sources.chunks(CHUNK) {
        let mut statement = Statement::new(
            "SELECT r.id, r.kind, r.title, r.state, r.is_archived, e.source, e.field FROM edges e \
             JOIN records r ON r.id = e.target WHERE e.source IN ",
        );
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" ORDER BY e.field, e.position");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push((row.get(5)?, row.get(6)?, reference(&row)?));
        }
    }
    Ok(result)
}

/// Returns the ids, all of one kind, that are within the scope.
pub fn in_scope(tx: &mut Tx<'_>, kind: &Kind, ids: &[Id], scope: &Scope) -> Result<Vec<Id>, StoreError> {
    if is_for_everyone(kind) {
        return Ok(ids.to_vec());
    }
    let mut statement = Statement::default();
    if ids.len() > CHUNK {
        // One query for everything in the scope, instead of the same edges for every chunk.
        scope.ids(&mut statement, kind, None);
        let rows = tx.query(&statement.sql, &statement.parameters)?;
        let seen: HashSet<Id> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
        return Ok(ids.iter().copied().filter(|id| seen.contains(id)).collect());
    }
    scope.ids(&mut statement, kind, Some(ids));
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns true if the record is within the scope.
pub fn exists_in_scope(tx: &mut Tx<'_>, kind: &Kind, id: Id, scope: &Scope) -> Result<bool, StoreError> {
    Ok(!in_scope(tx, kind, &[id], scope)?.is_empty())
}

/// Returns the ids, all of one kind, of records created by the user.
pub fn made_by(tx: &mut Tx<'_>, kind: &Kind, ids: &[Id], user: Id) -> Result<Vec<Id>, StoreError> {
    let mut result = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new(format!("SELECT t.id FROM \"{}\" t WHERE t.id IN ", kind.table));
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" AND t.created_by = ").bind(user);
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push(row.get(0)?);
        }
    }
    Ok(result)
}

/// Returns the ids that point at one of the targets by the field.
pub fn pointing_at(tx: &mut Tx<'_>, ids: &[Id], field: &str, targets: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut result = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new("SELECT source FROM edges WHERE source IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" AND field = ").bind(field).push(" AND target IN ");
        statement.bind_list(targets.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            result.push(row.get(0)?);
        }
    }
    Ok(result)
}
