//! Writes of records: the row, its edges, its search words and its dates, always together.

use std::borrow::Cow;

use obcms_domain::calendar;
use obcms_domain::calendar::series::{self, StoredSeries};
use obcms_domain::entries;
use obcms_domain::kinds::{BOOKING, EVENT, USER, task};
use obcms_domain::records::search;
use obcms_domain::registry::series::OVERRIDES;
use obcms_domain::registry::shared::ORIGIN;
use obcms_domain::registry::{Field, FieldType, Record, Value, stored_value};

use super::schema;
use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;
use crate::vault;

/// Inserts new records; those of one kind share a statement.
pub fn insert(tx: &mut Tx<'_>, records: &[Record]) -> Result<(), StoreError> {
    let mut start = 0;
    while start < records.len() {
        let kind = records[start].kind;
        let end = records[start..]
            .iter()
            .position(|record| record.kind != kind)
            .map_or(records.len(), |offset| start + offset);
        insert_rows(tx, &records[start..end])?;
        start = end;
    }
    write_found_by(tx, records)
}

fn insert_rows(tx: &mut Tx<'_>, records: &[Record]) -> Result<(), StoreError> {
    let kind = records[0].kind;
    let names = schema::column_names(kind);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows: Vec<Vec<SqlValue>> = records.iter().map(row).collect::<Result<_, _>>()?;
    tx.insert_rows(kind.table, &names, &rows, "")
}

fn row(record: &Record) -> Result<Vec<SqlValue>, StoreError> {
    let mut cells = vec![
        SqlValue::Id(record.id),
        SqlValue::Integer(record.version),
        SqlValue::Instant(record.created_at),
        record.created_by.into(),
        SqlValue::Instant(record.updated_at),
        record.archived_at.into(),
    ];
    for (position, field) in record.kind.columns() {
        match derived_value(record, field) {
            Some(cell) => cells.push(cell),
            None => push(&mut cells, field, &*stored(record, field, position)?),
        }
    }
    Ok(cells)
}

/// Returns the value of a field as stored in its column.
fn stored<'a>(record: &'a Record, field: &Field, position: usize) -> Result<Cow<'a, Value>, StoreError> {
    match &record.values[position] {
        Value::Text(text) if field.sealed => Ok(Cow::Owned(Value::Text(vault::to_stored(record.id, text)?))),
        value => Ok(Cow::Borrowed(value)),
    }
}

/// Returns the value of a calculated column of a task, used by lists to sort and filter.
fn derived_value(record: &Record, field: &Field) -> Option<SqlValue> {
    match field.name {
        name if name == task::NEXT_DUE.name() => Some(series::next_due(record).into()),
        name if name == task::UNASSIGNED.name() => Some(task::ASSIGNEES.get(record).is_empty().into()),
        _ => None,
    }
}

fn push(cells: &mut Vec<SqlValue>, field: &Field, value: &Value) {
    if let FieldType::Link(_) = field.data {
        match value {
            Value::Link(link) => cells.extend([SqlValue::from(link.kind.as_str()), SqlValue::Id(link.id)]),
            _ => cells.extend([SqlValue::Null, SqlValue::Null]),
        }
        return;
    }
    cells.push(match value {
        Value::Null | Value::Ids(_) | Value::Link(_) | Value::Links(_) => SqlValue::Null,
        Value::Boolean(value) => SqlValue::Boolean(*value),
        Value::Integer(value) => SqlValue::Integer(*value),
        Value::Text(text) => SqlValue::Text(text.clone()),
        Value::Date(date) => SqlValue::Date(*date),
        Value::Instant(instant) => SqlValue::Instant(*instant),
        Value::Id(id) => SqlValue::Id(*id),
        Value::Json(json) => SqlValue::Text(json.to_string()),
    });
}

/// Updates a record from its old version `before`; writes only what differs.
pub fn update(tx: &mut Tx<'_>, before: &Record, record: &Record) -> Result<(), StoreError> {
    let mut sql =
        format!("UPDATE \"{}\" SET version = $1, updated_at = $2, archived_at = $3", record.kind.table);
    let mut cells = vec![
        SqlValue::Integer(record.version),
        SqlValue::Instant(record.updated_at),
        record.archived_at.into(),
    ];
    for (position, field) in record.kind.columns() {
        if let Some(cell) = derived_value(record, field) {
            if derived_value(before, field).as_ref() != Some(&cell) {
                cells_placeholder(&mut sql, field.name, &cells);
                cells.push(cell);
            }
            continue;
        }
        if before.values[position] == record.values[position] {
            continue;
        }
        for (name, _) in schema::columns(field) {
            cells_placeholder(&mut sql, &name, &cells);
            // The value belongs to the last column of the field; a link has two.
            if name.ends_with("_kind") && matches!(field.data, FieldType::Link(_)) {
                cells.push(match &record.values[position] {
                    Value::Link(link) => SqlValue::from(link.kind.as_str()),
                    _ => SqlValue::Null,
                });
            } else if matches!(field.data, FieldType::Link(_)) {
                cells.push(match &record.values[position] {
                    Value::Link(link) => SqlValue::Id(link.id),
                    _ => SqlValue::Null,
                });
            } else {
                push(&mut cells, field, &*stored(record, field, position)?);
            }
        }
    }
    cells.push(SqlValue::Id(record.id));
    sql.push_str(&format!(" WHERE id = ${}", cells.len()));
    tx.execute(&sql, &cells)?;
    rewrite_found_by(tx, before, record)
}

fn cells_placeholder(sql: &mut String, name: &str, cells: &[SqlValue]) {
    sql.push_str(&format!(", \"{name}\" = ${}", cells.len() + 1));
}

/// Writes version and archiving of many records of one kind, and their index rows, with few statements.
pub fn archive(tx: &mut Tx<'_>, records: &[Record]) -> Result<(), StoreError> {
    for chunk in records.chunks(400) {
        let Some(first) = chunk.first() else {
            continue;
        };
        let ids = || chunk.iter().map(|record| SqlValue::Id(record.id));
        let mut run = |start: &str, values: &[SqlValue], column: &str| -> Result<(), StoreError> {
            let mut statement = Statement::new(start);
            statement.parameters.extend_from_slice(values);
            statement.push(&format!(" WHERE {column} IN "));
            statement.bind_list(ids());
            tx.execute(&statement.sql, &statement.parameters)?;
            Ok(())
        };
        run(
            &format!(
                "UPDATE \"{}\" SET version = version + 1, updated_at = $1, archived_at = $2",
                first.kind.table
            ),
            &[first.updated_at.into(), first.archived_at.into()],
            "id",
        )?;
        run(
            "UPDATE records SET is_archived = $1, updated_at = $2",
            &[first.is_archived().into(), first.updated_at.into()],
            "id",
        )?;
        run("DELETE FROM search_words", &[], "id")?;
        run("DELETE FROM calendar_entries", &[], "record_id")?;
        // Archived records have no words.
        let words: Vec<Vec<SqlValue>> = chunk.iter().flat_map(word_rows).collect();
        tx.insert_rows("search_words", &WORDS, &words, "")?;
        let dates: Vec<Vec<SqlValue>> = chunk.iter().flat_map(date_rows).collect();
        tx.insert_rows("calendar_entries", &DATES, &dates, "")?;
        chunk.iter().filter(|record| is_on_calendar(record)).for_each(|record| tx.touch(record.id));
        chunk.iter().for_each(|record| touch_event(tx, record));
    }
    Ok(())
}

/// Writes the index rows of records: directory row, edges, words and dates.
fn write_found_by(tx: &mut Tx<'_>, records: &[Record]) -> Result<(), StoreError> {
    let directory: Vec<Vec<SqlValue>> = records.iter().map(directory_row).collect();
    tx.insert_rows(
        "records",
        &["id", "kind", "title", "state", "is_archived", "updated_at"],
        &directory,
        "",
    )?;
    let edges: Vec<Vec<SqlValue>> = records.iter().flat_map(edge_rows).collect();
    tx.insert_rows("edges", &EDGES, &edges, "")?;
    let words: Vec<Vec<SqlValue>> = records.iter().flat_map(word_rows).collect();
    tx.insert_rows("search_words", &WORDS, &words, "")?;
    let mut dates: Vec<Vec<SqlValue>> = Vec::new();
    for record in records {
        let rows = date_rows(record);
        if !rows.is_empty() {
            tx.touch(record.id);
        }
        touch_event(tx, record);
        dates.extend(rows);
    }
    tx.insert_rows("calendar_entries", &DATES, &dates, "")
}

/// Invalidates the event of a booking: the booking is shown within the event.
fn touch_event(tx: &mut Tx<'_>, record: &Record) {
    let origin = if record.kind == &BOOKING { ORIGIN.get(record) } else { None };
    if let Some(event) = origin.filter(|origin| origin.kind == EVENT.name) {
        tx.touch(event.id);
    }
}

/// Returns true if the calendar shows records of this kind, or names of people in them.
fn is_on_calendar(record: &Record) -> bool {
    !record.kind.dates.is_empty() || record.kind == &USER
}

const EDGES: [&str; 6] = ["source", "field", "position", "target", "source_kind", "target_kind"];
const WORDS: [&str; 4] = ["word", "id", "kind", "weight"];
const DATES: [&str; 17] = [
    "record_id",
    "entry_kind",
    "position",
    "kind",
    "module",
    "title",
    "status",
    "priority",
    "location",
    "people",
    "all_day",
    "timezone",
    "start_at",
    "end_at",
    "is_long",
    "is_movable",
    "series",
];

fn rewrite_found_by(tx: &mut Tx<'_>, before: &Record, record: &Record) -> Result<(), StoreError> {
    let row = directory_row(record);
    if row[..5] != directory_row(before)[..5] {
        tx.execute(
            "UPDATE records SET title = $1, state = $2, is_archived = $3, updated_at = $4 WHERE id = $5",
            &[row[2].clone(), row[3].clone(), row[4].clone(), row[5].clone(), row[0].clone()],
        )?;
        touch_event(tx, record);
    }
    let id = [SqlValue::Id(record.id)];
    let edges = edge_rows(record);
    if edges != edge_rows(before) {
        tx.execute("DELETE FROM edges WHERE source = $1", &id)?;
        tx.insert_rows("edges", &EDGES, &edges, "")?;
        touch_event(tx, before);
        touch_event(tx, record);
    }
    let words = word_rows(record);
    if words != word_rows(before) {
        tx.execute("DELETE FROM search_words WHERE id = $1", &id)?;
        tx.insert_rows("search_words", &WORDS, &words, "")?;
    }
    let dates = date_rows(record);
    if dates != date_rows(before) {
        tx.execute("DELETE FROM calendar_entries WHERE record_id = $1", &id)?;
        tx.insert_rows("calendar_entries", &DATES, &dates, "")?;
    }
    if is_on_calendar(record) {
        // Calendar clients need every change; entries contain names of people and resources.
        tx.touch(record.id);
    }
    Ok(())
}

fn directory_row(record: &Record) -> Vec<SqlValue> {
    vec![
        SqlValue::Id(record.id),
        record.kind.name.into(),
        record.title().into(),
        record.state().into(),
        record.is_archived().into(),
        record.updated_at.into(),
    ]
}

fn edge_rows(record: &Record) -> Vec<Vec<SqlValue>> {
    let mut rows = Vec::new();
    for (index, field) in record.kind.fields.iter().enumerate().filter(|(_, field)| field.is_reference()) {
        let mut add = |position: usize, target, kind: &str| {
            rows.push(vec![
                SqlValue::Id(record.id),
                field.name.into(),
                SqlValue::Integer(i64::try_from(position).unwrap_or(i64::MAX)),
                SqlValue::Id(target),
                record.kind.name.into(),
                kind.into(),
            ]);
        };
        match (&record.values[index], field.data) {
            (Value::Id(id), FieldType::Reference(kind)) => add(0, *id, kind),
            (Value::Ids(ids), FieldType::References(kind)) => {
                for (position, id) in ids.iter().enumerate() {
                    add(position, *id, kind);
                }
            }
            (Value::Link(link), _) => add(0, link.id, &link.kind),
            (Value::Links(links), _) => {
                for (position, link) in links.iter().enumerate() {
                    add(position, link.id, &link.kind);
                }
            }
            _ => {}
        }
    }
    rows.extend(edges_of_overrides(record));
    rows
}

/// Returns the edges of overrides, so that a search for their targets finds the series.
fn edges_of_overrides(record: &Record) -> Vec<Vec<SqlValue>> {
    let Value::Json(serde_json::Value::Object(overrides)) = OVERRIDES.value(record) else {
        return Vec::new();
    };
    let mut seen = Vec::new();
    for (name, json) in overrides.values().filter_map(serde_json::Value::as_object).flatten() {
        let Some(field) = record.kind.field(name).filter(|field| field.is_reference()) else {
            continue;
        };
        let Ok(value) = stored_value(field, json) else {
            continue;
        };
        let single = field.target_kinds().first().copied().unwrap_or_default();
        for target in value.targets() {
            let kind = match &value {
                Value::Link(link) => link.kind.clone(),
                Value::Links(links) => links
                    .iter()
                    .find(|link| link.id == target)
                    .map_or_else(String::new, |link| link.kind.clone()),
                _ => single.to_owned(),
            };
            if !seen.contains(&(target, kind.clone())) {
                seen.push((target, kind));
            }
        }
    }
    seen.into_iter()
        .enumerate()
        .map(|(position, (target, kind))| {
            vec![
                SqlValue::Id(record.id),
                "overrides".into(),
                SqlValue::Integer(i64::try_from(position).unwrap_or(i64::MAX)),
                SqlValue::Id(target),
                record.kind.name.into(),
                kind.into(),
            ]
        })
        .collect()
}

fn word_rows(record: &Record) -> Vec<Vec<SqlValue>> {
    if record.is_archived() {
        return Vec::new();
    }
    search::record_words(record)
        .into_iter()
        .map(|(word, weight)| {
            vec![word.into(), SqlValue::Id(record.id), record.kind.name.into(), SqlValue::Integer(weight)]
        })
        .collect()
}

fn date_rows(record: &Record) -> Vec<Vec<SqlValue>> {
    entries::of(record)
        .into_iter()
        .map(|entry| {
            vec![
                SqlValue::Id(record.id),
                entry.entry_kind.into(),
                SqlValue::Integer(entry.position),
                record.kind.name.into(),
                record.kind.module.key().into(),
                entry.title.clone().into(),
                entry.status.clone().into(),
                entry.priority.clone().into(),
                entry.location.clone().into(),
                calendar::people_text(&entry.people).into(),
                entry.all_day.into(),
                entry.timezone.clone().into(),
                entry.start.into(),
                entry.end.into(),
                entry.is_long().into(),
                entry.movable.into(),
                entry.series.as_ref().map(StoredSeries::to_text).unwrap_or_default().into(),
            ]
        })
        .collect()
}
