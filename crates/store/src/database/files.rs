//! Watches over the files of a SQLite database: when somebody removes or replaces them under the running program, what it
//! goes on writing would be lost.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, TryLockError, Weak};

use rusqlite::Connection;

use crate::error::StoreError;

/// Device and number of a file.
type Identity = (u64, u64);

fn identity(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).ok().map(|facts| (facts.dev(), facts.ino()))
}

/// Path with something added to its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Database and write-ahead log as they were opened.
pub struct Files {
    path: PathBuf,
    log_path: PathBuf,
    database: Option<Identity>,
    log: OnceLock<Identity>,
    writer: Weak<Mutex<Connection>>,
    is_rescued: AtomicBool,
}

impl Files {
    /// The files that an open connection uses.
    pub fn of(path: &Path, writer: Weak<Mutex<Connection>>) -> Self {
        let files = Self {
            path: path.to_owned(),
            log_path: beside(path, "-wal"),
            database: identity(path),
            log: OnceLock::new(),
            writer,
            is_rescued: AtomicBool::new(false),
        };
        files.find_log();
        files
    }

    /// Learns which file the log is, once it is there; it stays the same as long as a connection is open.
    fn find_log(&self) {
        if self.log.get().is_none()
            && let Some(found) = identity(&self.log_path)
        {
            let _ = self.log.set(found);
        }
    }

    /// Refuses when the files are not those that were opened any more. `held` is the writer if the caller has it.
    pub fn check(&self, held: Option<&Connection>) -> Result<(), StoreError> {
        self.find_log();
        let now = identity(&self.path);
        if now != self.database {
            let what = if now.is_none() { "removed" } else { "replaced" };
            return Err(StoreError::Replaced(format!("the database file was {what} while the program runs")));
        }
        let Some(log) = self.log.get() else {
            return Ok(());
        };
        let now = identity(&self.log_path);
        if now == Some(*log) {
            return Ok(());
        }
        if now.is_none() {
            self.rescue(held);
        }
        let what = if now.is_none() { "removed" } else { "replaced" };
        Err(StoreError::Replaced(format!(
            "the write-ahead log of the database was {what} while the program runs"
        )))
    }

    /// Brings what was committed to the removed log, which this process still has open, into the database.
    fn rescue(&self, held: Option<&Connection>) {
        if self.is_rescued.swap(true, Ordering::SeqCst) {
            return;
        }
        let checkpoint = |connection: &Connection| {
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(0))
        };
        let outcome = match held {
            // Inside a transaction there is no checkpoint; whoever comes next makes it.
            Some(connection) if !connection.is_autocommit() => None,
            Some(connection) => Some(checkpoint(connection)),
            None => self.writer.upgrade().and_then(|writer| match writer.try_lock() {
                Ok(connection) => Some(checkpoint(&connection)),
                Err(TryLockError::Poisoned(connection)) => Some(checkpoint(&connection.into_inner())),
                Err(TryLockError::WouldBlock) => None,
            }),
        };
        match outcome {
            Some(Ok(0)) => {
                tracing::error!(
                    "the write-ahead log was removed; what it held is saved in the database, start the program anew"
                );
            }
            Some(Ok(_)) | None => self.is_rescued.store(false, Ordering::SeqCst),
            Some(Err(error)) => {
                tracing::error!(
                    "the write-ahead log was removed, and what it held could not be saved: {error}"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn database(name: &str) -> (PathBuf, Arc<Mutex<Connection>>) {
        let folder = std::env::temp_dir().join(format!("obcms-files-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("obcms.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);")
            .unwrap();
        (path, Arc::new(Mutex::new(connection)))
    }

    #[test]
    fn a_removed_log_is_noticed_and_its_content_saved() {
        let (path, writer) = database("log");
        let files = Files::of(&path, Arc::downgrade(&writer));
        files.check(None).unwrap();
        std::fs::remove_file(beside(&path, "-wal")).unwrap();
        assert!(matches!(files.check(None), Err(StoreError::Replaced(text)) if text.contains("log")));
        // As another program finds it after this one was killed.
        let copy = beside(&path, ".copy");
        std::fs::copy(&path, &copy).unwrap();
        let rows: i64 = Connection::open(&copy)
            .unwrap()
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_removed_and_a_replaced_database_are_noticed() {
        let (path, writer) = database("database");
        let files = Files::of(&path, Arc::downgrade(&writer));
        let moved = beside(&path, ".moved");
        std::fs::rename(&path, &moved).unwrap();
        assert!(matches!(files.check(None), Err(StoreError::Replaced(text)) if text.contains("removed")));
        std::fs::copy(&moved, &path).unwrap();
        assert!(matches!(files.check(None), Err(StoreError::Replaced(text)) if text.contains("replaced")));
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
