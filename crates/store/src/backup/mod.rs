//! Backups: the whole content of a database in one file, whatever the engine.
//!
//! The file is a gzip stream of JSON lines, followed by a line with the SHA-256 of that stream ([`seal`]). The lines are,
//! in this order: the [`Manifest`]; for each table its name and columns, its rows as arrays, and their number and
//! checksum; files of the data directory; and the [`Summary`]. Columns are in the order of their names and rows in that
//! of their key, so the same content gives the same lines on both engines. A value is written as SQLite stores it: ids
//! and bytes as hexadecimal digits, instants as microseconds since 1970, booleans as 0 or 1, real numbers as text.

mod dump;
mod load;
mod reader;
mod references;
mod seal;
mod tables;

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use crate::database::{Database, Tx};
use crate::error::StoreError;

pub use dump::write;
pub use load::{load_into_empty, replace};
pub use reader::{Reader, check};

/// Name of the format in the first line.
const FORMAT: &str = "obcms-backup";
/// Version of the format that this program writes and reads.
const VERSION: u32 = 1;

/// Setting with the time of the last backup.
const LAST: &str = "last-backup";

/// Error of a backup or of a restore.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file could not be read or written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The file is not a whole backup that this program can restore.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl crate::Transient for BackupError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// First line of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// Engine that it was read from: `sqlite` or `postgres`.
    pub engine: String,
    /// Moment whose content it holds.
    pub created_at: jiff::Timestamp,
    /// Number of the newest migration of the database.
    pub schema: i64,
}

/// Size and checksum of one table or file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Number of rows, or of bytes of a file.
    pub count: u64,
    /// SHA-256 of the lines of the rows, or of the bytes of a file.
    pub sha256: String,
}

/// Last line of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The tables by name.
    pub tables: BTreeMap<String, Part>,
    /// The files of the data directory by name.
    pub files: BTreeMap<String, Part>,
    /// References to records that the database did not have; absent when its schema was not that of the program.
    pub broken_references: Option<u64>,
}

impl Summary {
    /// Number of rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.count).sum()
    }
}

/// File of the data directory that belongs to a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Name inside the data directory.
    pub name: String,
    /// Content.
    pub content: Vec<u8>,
}

/// Time of the last backup of this database.
pub fn last(tx: &mut Tx<'_>) -> Result<Option<jiff::Timestamp>, StoreError> {
    Ok(crate::settings::get(tx, LAST)?.and_then(|text| text.parse().ok()))
}

/// Notes the time of the last backup.
pub fn note(database: &Database, at: jiff::Timestamp) -> Result<(), StoreError> {
    database.write(|tx| crate::settings::set(tx, LAST, &at.to_string()))
}
