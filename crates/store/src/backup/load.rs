//! Loads a backup into a database and compares the result with the checksums of the backup.

use std::path::Path;

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use serde_json::Value as Json;
use uuid::Uuid;

use super::reader::{Item, Reader, bytes};
use super::tables::{Column, Storage, Table};
use super::{BackupError, LAST, Manifest, Summary, dump, references, tables};
use crate::attachments::{Blobs, StagedBlob};
use crate::database::{CHANGES, Database, Engine, SERVING_LOCK, SqlValue, Tx};
use crate::error::StoreError;
use crate::{migrations, settings};

/// Rows per insert.
const PAGE: usize = 500;

/// Loads a backup into an empty database, and the contents of attached files into their folder. `present` is the change number of the database that is replaced.
pub fn load_into_empty(
    database: &Database,
    path: &Path,
    blobs: &Blobs,
    present: i64,
    now: Timestamp,
) -> Result<Summary, BackupError> {
    let summary = database.write(|tx| {
        if !tables::all(tx)?.is_empty() {
            return Err(BackupError::Refused("the database that should be empty is not".to_owned()));
        }
        load(tx, path, blobs, present, now)
    })?;
    let found = database.integrity()?;
    match found.first() {
        None => Ok(summary),
        Some(first) => Err(StoreError::Damaged(format!("the restored database: {first}")).into()),
    }
}

/// Replaces the content of a PostgreSQL database with a backup, in one transaction. Refuses a database that a server
/// uses.
pub fn replace(
    database: &Database,
    path: &Path,
    blobs: &Blobs,
    now: Timestamp,
) -> Result<Summary, BackupError> {
    database.write(|tx| {
        let sql = format!("SELECT pg_try_advisory_xact_lock({SERVING_LOCK})");
        if !tx.one(&sql, &[])?.get::<bool>(0)? {
            return Err(BackupError::Refused(
                "a server uses this database; stop it before you restore".to_owned(),
            ));
        }
        migrations::lock(tx)?;
        // Suppresses notices about existing objects.
        tx.batch("SET LOCAL client_min_messages = warning")?;
        let there = tables::all(tx)?;
        let mut present = 0;
        if !there.is_empty() {
            if !there.iter().any(|table| table.name == "schema_migrations") {
                return Err(BackupError::Refused(
                    "the database has tables of other programs; restore into a separate database".to_owned(),
                ));
            }
            if there.iter().any(|table| table.name == "sequences") {
                present = settings::number(tx, CHANGES)?;
            }
            let emptied: Vec<String> = there
                .iter()
                .filter(|table| table.name != "schema_migrations")
                .map(|table| format!("\"{}\"", table.name))
                .collect();
            if !emptied.is_empty() {
                // Other transactions block until the commit, and then see the restored data.
                tx.batch(&format!("TRUNCATE {}", emptied.join(", ")))?;
            }
            migrations::revert_within(tx, 0)?;
        }
        load(tx, path, blobs, present, now)
    })
}

/// Creates the tables of the backup, fills them, compares their checksums and applies the missing migrations.
fn load(
    tx: &mut Tx<'_>,
    path: &Path,
    blobs: &Blobs,
    present: i64,
    now: Timestamp,
) -> Result<Summary, BackupError> {
    let mut reader = Reader::open(path)?;
    let schema = reader.manifest.schema;
    migrations::migrate_within(tx, now, schema)?;
    let there = tables::all(tx)?;
    for table in &there {
        // Some migrations insert rows.
        tx.execute(&format!("DELETE FROM \"{}\"", table.name), &[])?;
    }
    let summary = fill(tx, &mut reader, &there, blobs)?;
    if summary.tables.len() != there.len() {
        return Err(BackupError::Refused("it does not have all tables of its schema".to_owned()));
    }
    for table in &there {
        let part = dump::checksum(tx, table)?;
        if summary.tables.get(&table.name) != Some(&part) {
            return Err(
                StoreError::Damaged(format!("{} was not restored as the backup has it", table.name)).into()
            );
        }
    }
    migrations::check_within(tx)?;
    let is_newest = schema == migrations::newest();
    migrations::migrate_within(tx, now, migrations::newest())?;
    compare_references(tx, &summary, is_newest)?;
    finish(tx, &reader.manifest, present)?;
    Ok(summary)
}

fn compare_references(tx: &mut Tx<'_>, summary: &Summary, is_newest: bool) -> Result<(), BackupError> {
    let (count, first) = references::broken(tx)?;
    let Some(first) = first else {
        return Ok(());
    };
    let known = summary.broken_references;
    if is_newest && known != Some(count) {
        return Err(BackupError::Refused(format!("{count} references are broken, the first in {first}")));
    }
    // The broken references were in the database when it was backed up. An error here would make the backup useless.
    tracing::warn!("{count} references are broken, the first in {first}, as in the backup");
    Ok(())
}

/// Writes the settings that a backup does not contain.
fn finish(tx: &mut Tx<'_>, manifest: &Manifest, present: i64) -> Result<(), StoreError> {
    settings::set(tx, LAST, &manifest.created_at.to_string())?;
    if present > 0 && settings::number(tx, CHANGES)? <= present {
        // Other processes cache results by this revision, so it must not be reused for different data.
        settings::set_number(tx, CHANGES, present + 1)?;
    }
    if tx.engine() == Engine::Postgres {
        let columns = tx.query(
            "SELECT CAST(table_name AS text), CAST(column_name AS text) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')",
            &[],
        )?;
        for row in columns {
            let (table, column): (String, String) = (row.get(0)?, row.get(1)?);
            tx.query(
                &format!(
                    "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), max(\"{column}\")) \
                     FROM \"{table}\" HAVING max(\"{column}\") IS NOT NULL"
                ),
                &[],
            )?;
        }
    }
    Ok(())
}

/// Inserts the rows of the backup into the tables, and puts contents into their folder. A content that is not used
/// afterwards, because the restore fails, is deleted by the nightly job.
fn fill(
    tx: &mut Tx<'_>,
    reader: &mut Reader,
    there: &[Table],
    blobs: &Blobs,
) -> Result<Summary, BackupError> {
    let mut content: Option<(String, StagedBlob)> = None;
    let mut current: Option<(&Table, Vec<&Column>)> = None;
    let mut rows: Vec<Vec<SqlValue>> = Vec::with_capacity(PAGE);
    while let Some(item) = reader.next()? {
        match item {
            Item::Table(name, columns) => {
                let table = there.iter().find(|table| table.name == name).ok_or_else(|| {
                    BackupError::Refused(format!("it has the table {name}, which its schema does not have"))
                })?;
                current = Some((table, matching(table, &columns)?));
            }
            Item::Row(line) => {
                if let Some((table, columns)) = &current {
                    rows.push(row(table, columns, &line)?);
                    if rows.len() == PAGE {
                        insert(tx, table, columns, &mut rows)?;
                    }
                }
            }
            Item::End => {
                if let Some((table, columns)) = current.take() {
                    insert(tx, table, &columns, &mut rows)?;
                }
            }
            Item::File(_) => {}
            Item::Content(hash) => {
                let staged = blobs.stage(&format!("restore-{}-{hash}", std::process::id()))?;
                content = Some((hash, staged));
            }
            Item::Piece { bytes, is_last } => {
                if let Some((_, staged)) = &mut content {
                    staged.write(&bytes)?;
                }
                if let Some((hash, mut staged)) = content.take_if(|_| is_last) {
                    staged.sync()?;
                    if !blobs.is_whole(&hash)? {
                        blobs.remove(&hash)?;
                    }
                    blobs.keep(&staged.sealed(&hash))?;
                }
            }
            Item::Summary(summary) => return Ok(summary),
        }
    }
    Err(BackupError::Refused("its end is missing".to_owned()))
}

fn matching<'a>(table: &'a Table, names: &[String]) -> Result<Vec<&'a Column>, BackupError> {
    let columns: Vec<&Column> = table.columns.iter().collect();
    if columns.iter().map(|column| &column.name).eq(names) {
        return Ok(columns);
    }
    Err(BackupError::Refused(format!("the columns of {} are not those of its schema", table.name)))
}

fn insert(
    tx: &mut Tx<'_>,
    table: &Table,
    columns: &[&Column],
    rows: &mut Vec<Vec<SqlValue>>,
) -> Result<(), StoreError> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    tx.insert_rows(&table.name, &names, rows, "")?;
    rows.clear();
    Ok(())
}

fn row(table: &Table, columns: &[&Column], line: &str) -> Result<Vec<SqlValue>, BackupError> {
    let wrong = |column: &str| {
        BackupError::Refused(format!("it is damaged: a value of {}.{column} is not of its type", table.name))
    };
    let values: Vec<Json> = serde_json::from_str(line).map_err(|_| wrong("*"))?;
    if values.len() != columns.len() {
        return Err(wrong("*"));
    }
    values
        .into_iter()
        .zip(columns)
        .map(|(value, column)| cell(column, value).ok_or_else(|| wrong(&column.name)))
        .collect()
}

/// Converts a value of a backup to the column type of this engine.
fn cell(column: &Column, value: Json) -> Option<SqlValue> {
    let declared = column.declared.to_ascii_lowercase();
    Some(match (column.storage, value) {
        (_, Json::Null) => SqlValue::Null,
        (Storage::Integer, value) => {
            let number = value.as_i64()?;
            match declared.as_str() {
                "boolean" => SqlValue::Boolean(number != 0),
                "timestamp with time zone" => SqlValue::Instant(Timestamp::from_microsecond(number).ok()?),
                _ => SqlValue::Integer(number),
            }
        }
        (Storage::Real, Json::String(text)) => SqlValue::Real(text.parse().ok()?),
        (Storage::Bytes, Json::String(text)) => {
            let content = bytes(&text)?;
            if declared == "uuid" {
                SqlValue::Id(Id::from(Uuid::from_slice(&content).ok()?))
            } else {
                SqlValue::Bytes(content)
            }
        }
        (Storage::Text, Json::String(text)) => {
            if declared == "date" {
                SqlValue::Date(text.parse().ok()?)
            } else {
                SqlValue::Text(text)
            }
        }
        _ => return None,
    })
}
