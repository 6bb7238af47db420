//! Writer of backups.

use std::io::{BufWriter, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use jiff::Timestamp;
use obcms_domain::core::hex::hex;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::seal::Sealing;
use super::tables::{self, Storage, Table};
use super::{BackupError, Contents, DataFile, FORMAT, Manifest, Part, Summary, VERSION, references};
use crate::attachments::{self, Blobs, each_piece};
use crate::database::{Database, Engine, Row, SqlValue, Tx};
use crate::error::StoreError;
use crate::migrations;

/// Rows per read.
const PAGE: usize = 2000;
/// Table of the contents of attached files.
const CONTENTS: &str = "blobs";

/// Writes a consistent snapshot into `output`: all tables in one transaction, then `files` and the contents of attached
/// files. Other writers are not blocked. Returns the manifest, the summary and the writer; nothing may be appended to it.
pub fn write<W: Write>(
    database: &Database,
    program: &str,
    now: Timestamp,
    files: &[DataFile],
    blobs: &Blobs,
    output: W,
) -> Result<(Manifest, Summary, W), BackupError> {
    database.read(|tx| {
        let steps = migrations::applied_steps(tx)?;
        let Some(schema) = steps.last().copied() else {
            return Err(BackupError::Refused("the database is empty; nothing to back up".to_owned()));
        };
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            program: program.to_owned(),
            engine: engine_name(tx.engine()).to_owned(),
            created_at: now,
            schema,
        };
        // No timestamp in the gzip header, so that equal content gives an equal file.
        let gzip = GzBuilder::new().mtime(0).write(Sealing::new(output), Compression::new(4));
        let mut lines = BufWriter::with_capacity(128 * 1024, gzip);
        line(&mut lines, &json!(manifest))?;
        let mut summary = Summary::default();
        for table in tables::all(tx)? {
            let part = write_table(tx, &table, &mut lines)?;
            summary.tables.insert(table.name, part);
        }
        for file in files {
            let part = Part { count: file.content.len() as u64, sha256: hex(&Sha256::digest(&file.content)) };
            line(&mut lines, &json!({ "file": file.name, "content": hex(&file.content) }))?;
            summary.files.insert(file.name.clone(), part);
        }
        if summary.tables.contains_key(CONTENTS) {
            summary.contents = write_contents(tx, blobs, &mut lines)?;
        }
        if schema == migrations::newest() {
            summary.broken_references = Some(references::broken(tx)?.0);
        }
        line(&mut lines, &json!(summary))?;
        let gzip: GzEncoder<Sealing<W>> = lines.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        Ok((manifest, summary, gzip.finish()?.seal()?))
    })
}

fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

fn line(output: &mut impl Write, content: &Json) -> Result<(), BackupError> {
    writeln!(output, "{content}")?;
    Ok(())
}

/// Writes the contents of attached files. One that is missing or damaged is left out and named, so that the rest is
/// backed up.
fn write_contents(tx: &mut Tx<'_>, blobs: &Blobs, output: &mut impl Write) -> Result<Contents, BackupError> {
    let mut contents = Contents::default();
    for (hash, size) in attachments::contents(tx)? {
        let size = u64::try_from(size).unwrap_or_default();
        if blobs.size(&hash)? != Some(size) || !blobs.is_whole(&hash)? {
            contents.missing.push(hash);
            continue;
        }
        line(output, &json!({ "blob": hash, "size": size }))?;
        each_piece(&mut blobs.open(&hash)?, |piece| line(output, &json!(hex(piece))))?;
        contents.count += 1;
        contents.bytes += size;
    }
    Ok(contents)
}

/// Writes name and columns, rows, row count and checksum of a table.
fn write_table(tx: &mut Tx<'_>, table: &Table, output: &mut impl Write) -> Result<Part, BackupError> {
    let columns: Vec<[&str; 2]> =
        table.columns.iter().map(|column| [column.name.as_str(), column.storage.name()]).collect();
    line(output, &json!({ "table": table.name, "columns": columns }))?;
    let part = rows(tx, table, |text| Ok(output.write_all(text)?))?;
    line(output, &json!({ "end": table.name, "rows": part.count, "sha256": part.sha256 }))?;
    Ok(part)
}

/// Returns row count and checksum of a table, as a backup would contain them.
pub(super) fn checksum(tx: &mut Tx<'_>, table: &Table) -> Result<Part, BackupError> {
    rows(tx, table, |_| Ok(()))
}

/// Passes the JSON line of every row to `each`, in key order. Returns row count and checksum.
fn rows(
    tx: &mut Tx<'_>,
    table: &Table,
    mut each: impl FnMut(&[u8]) -> Result<(), BackupError>,
) -> Result<Part, BackupError> {
    let quoted = |names: &mut dyn Iterator<Item = &str>| {
        names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    };
    let columns = quoted(&mut table.columns.iter().map(|column| column.name.as_str()));
    let keys = quoted(&mut table.order.iter().map(String::as_str));
    let from = format!("SELECT {columns} FROM \"{}\" WHERE {}", table.name, table.filter());
    let positions: Vec<usize> = table
        .order
        .iter()
        .filter_map(|key| table.columns.iter().position(|column| column.name == *key))
        .collect();
    let mut digest = Sha256::new();
    let mut count = 0;
    let mut after: Option<Vec<SqlValue>> = None;
    let mut text = Vec::new();
    loop {
        let mut sql = from.clone();
        if let Some(last) = &after {
            sql.push_str(&format!(" AND ({keys}) > ({})", crate::database::placeholders(1, last.len())));
        }
        sql.push_str(&format!(" ORDER BY {keys}"));
        if table.has_key {
            sql.push_str(&format!(" LIMIT {PAGE}"));
        }
        let page = tx.query(&sql, after.as_deref().unwrap_or_default())?;
        for row in &page {
            text.clear();
            row_line(table, row, &mut text)?;
            digest.update(&text);
            each(&text)?;
            count += 1;
        }
        match page.last() {
            Some(last) if table.has_key && page.len() == PAGE => {
                after =
                    Some(positions.iter().filter_map(|position| last.0.get(*position).cloned()).collect());
            }
            _ => break,
        }
    }
    Ok(Part { count, sha256: hex(&digest.finalize()) })
}

fn row_line(table: &Table, row: &Row, text: &mut Vec<u8>) -> Result<(), BackupError> {
    text.push(b'[');
    for (position, (cell, column)) in row.0.iter().zip(&table.columns).enumerate() {
        if position > 0 {
            text.push(b',');
        }
        let value = json(cell);
        let fits = match column.storage {
            Storage::Integer => value.is_i64() || value.is_null(),
            Storage::Bytes | Storage::Real | Storage::Text => value.is_string() || value.is_null(),
        };
        if !fits {
            let place = format!("{}.{}", table.name, column.name);
            return Err(StoreError::Damaged(format!("a value of {place} is not of its type")).into());
        }
        serde_json::to_writer(&mut *text, &value).map_err(std::io::Error::from)?;
    }
    text.extend_from_slice(b"]\n");
    Ok(())
}

fn json(cell: &SqlValue) -> Json {
    match cell {
        SqlValue::Null => Json::Null,
        SqlValue::Boolean(value) => json!(i64::from(*value)),
        SqlValue::Integer(value) => json!(value),
        // As text, because not every JSON parser returns the exact number.
        SqlValue::Real(value) => json!(format!("{value:?}")),
        SqlValue::Text(value) => json!(value),
        SqlValue::Bytes(value) => json!(hex(value)),
        SqlValue::Id(id) => json!(hex(id.uuid().as_bytes())),
        SqlValue::Date(date) => json!(date.to_string()),
        SqlValue::Instant(instant) => json!(instant.as_microsecond()),
    }
}
