//! Backups: the content of a database in one file, independent of the engine.
//!
//! The file is a gzip stream of JSON lines, followed by a line with the SHA-256 of that stream (`seal`). The lines
//! are, in this order: the [`Manifest`]; for each table its name and columns, its rows as arrays, and their number
//! and checksum; files of the data directory; the contents of attached files, each as its hash and size and then its
//! bytes in pieces; and the [`Summary`]. Columns are sorted by name and rows by key, so
//! equal content gives equal lines on both engines. Values are written as SQLite stores them: ids and bytes as
//! hexadecimal digits, instants as microseconds since 1970, booleans as 0 or 1, real numbers as text.

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
/// Version of the format that this program reads and writes.
const VERSION: u32 = 2;

/// Name of the setting with the time of the last backup.
const LAST: &str = "last-backup";

/// Error of a backup or of a restore.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be read or written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// The file is not a complete backup that this program can restore.
    #[error("{0}")]
    Refused(String),
    /// The database returned an error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl crate::Transient for BackupError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// Manifest: the first line of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// Version of the program that wrote the backup.
    pub program: String,
    /// Engine of the source: `sqlite` or `postgres`.
    pub engine: String,
    /// Instant of the snapshot.
    pub created_at: jiff::Timestamp,
    /// Number of the newest applied migration.
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

/// Summary: the last line of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Tables by name.
    pub tables: BTreeMap<String, Part>,
    /// Files of the data directory by name.
    pub files: BTreeMap<String, Part>,
    /// Contents of attached files.
    #[serde(default)]
    pub contents: Contents,
    /// Number of references to missing records; absent when the schema was not that of the program.
    pub broken_references: Option<u64>,
}

/// Contents of attached files in a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Number of contents.
    pub count: u64,
    /// Their bytes in all.
    pub bytes: u64,
    /// Hashes of those that were missing or damaged when the backup was written, and are not in it.
    pub missing: Vec<String>,
}

impl Summary {
    /// Returns the number of rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.count).sum()
    }
}

/// File of the data directory that is part of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Name inside the data directory.
    pub name: String,
    /// Content.
    pub content: Vec<u8>,
}

/// Returns the time of the last backup of this database.
pub fn last(tx: &mut Tx<'_>) -> Result<Option<jiff::Timestamp>, StoreError> {
    Ok(crate::settings::get(tx, LAST)?.and_then(|text| text.parse().ok()))
}

/// Stores the time of the last backup.
pub fn note(database: &Database, at: jiff::Timestamp) -> Result<(), StoreError> {
    database.write(|tx| crate::settings::set(tx, LAST, &at.to_string()))
}
