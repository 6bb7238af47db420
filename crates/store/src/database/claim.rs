//! Mutual exclusion of a restore and all other users of a SQLite file.
//!
//! The lock is on a separate file beside the database. It must not be on the database itself: closing a file releases
//! the locks that SQLite holds on it in the same process.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::StoreError;

/// PostgreSQL advisory lock, shared by serving processes and exclusive for a restore.
pub(crate) const SERVING_LOCK: i64 = 7_064_316_290_000_002;

/// Returns the path of the lock file beside the database.
#[must_use]
fn lock_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn open(path: &Path) -> Result<File, StoreError> {
    let lock = lock_file(path);
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&lock)
        .map_err(|error| StoreError::File(format!("cannot open {}: {error}", lock.display())))
}

/// Takes the shared lock, held as long as the returned file is open.
pub(super) fn share(path: &Path) -> Result<File, StoreError> {
    let file = open(path)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(StoreError::Connection("a restore is running; wait until it has finished".to_owned()))
        }
        Err(TryLockError::Error(error)) => {
            Err(StoreError::File(format!("cannot lock {}: {error}", lock_file(path).display())))
        }
    }
}

/// Exclusive claim on an unused SQLite file, in order to replace it.
pub struct Claim {
    _lock: File,
    changes: i64,
}

impl Claim {
    /// Claims the file at `path`, which may be missing or damaged.
    pub fn new(path: &Path) -> Result<Self, StoreError> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use()),
            Err(TryLockError::Error(error)) => {
                return Err(StoreError::File(format!("cannot lock {}: {error}", lock_file(path).display())));
            }
        }
        let changes = if path.exists() { close_log(path)? } else { 0 };
        Ok(Self { _lock: file, changes })
    }

    /// Returns the change number of the current database; 0 if it cannot be read.
    #[must_use]
    pub fn changes(&self) -> i64 {
        self.changes
    }
}

fn in_use() -> StoreError {
    StoreError::Connection("a server or another program has the database open; stop it first".to_owned())
}

/// Checkpoints the write-ahead log into the database, which succeeds only when no other program has it open. A
/// database that cannot be read stays unchanged. Returns its change number.
fn close_log(path: &Path) -> Result<i64, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(path, flags) else {
        return Ok(0);
    };
    connection.busy_timeout(Duration::ZERO)?;
    let changed =
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0));
    match changed {
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(error.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) =>
        {
            return Err(in_use());
        }
        Ok(mode) if mode == "wal" => return Err(in_use()),
        _ => {}
    }
    let changes = connection
        .query_row("SELECT value FROM sequences WHERE name = ?1", [super::CHANGES], |row| row.get(0))
        .unwrap_or(0);
    Ok(changes)
}
