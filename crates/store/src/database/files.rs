//! Monitor of the files of a SQLite database. If they are removed or replaced while the program runs, all further
//! writes would be lost.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};
use std::time::Instant;

use rusqlite::Connection;

use crate::error::StoreError;

/// Device and inode number of a file.
type Identity = (u64, u64);

fn identity(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).ok().as_ref().map(identity_of)
}

fn identity_of(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// Files opened to read their headers. They are never closed: closing one would release the locks that SQLite holds
/// on it in this process.
static OPEN: Mutex<Option<HashMap<Identity, Arc<File>>>> = Mutex::new(None);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the file, opened once per process.
fn opened(path: &Path) -> Option<Arc<File>> {
    let identity = identity(path)?;
    let mut open = lock(&OPEN);
    let open = open.get_or_insert_default();
    if let Some(file) = open.get(&identity) {
        return Some(file.clone());
    }
    let file = Arc::new(File::open(path).ok()?);
    open.insert(identity, file.clone());
    Some(file)
}

/// Time of the last modification in nanoseconds, and size of a file.
type Stamp = (i64, i64, u64);

fn stamp_of(metadata: &Metadata) -> Stamp {
    (metadata.mtime(), metadata.mtime_nsec(), metadata.len())
}

/// Fields of the header of a database file (<https://sqlite.org/fileformat.html>, section 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// Number raised by the readiness check, `user_version`. SQLite's change counter does not change with a
    /// write-ahead log.
    mark: u32,
    /// Id of this database, `application_id`; 0 before it is assigned.
    database: u32,
}

impl Header {
    fn read(file: &File) -> Option<Self> {
        let mut bytes = [0; 100];
        file.read_exact_at(&mut bytes, 0).ok()?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        bytes.starts_with(b"SQLite format 3\0").then(|| Self { mark: number(60), database: number(68) })
    }

    /// Returns true if a database with this header can have become one with the other header by its own changes.
    fn can_precede(self, later: Self) -> bool {
        later.mark >= self.mark && (self.database == 0 || self.database == later.database)
    }
}

/// Header of the database file, and the stamp of the file when it was read.
struct Seen {
    stamp: Option<Stamp>,
    header: Option<Header>,
    is_overwritten: bool,
}

/// Returns the path with a suffix appended to its name.
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
    file: Option<Arc<File>>,
    seen: Mutex<Seen>,
    /// Time of the last successful check, in milliseconds after `opened_at`.
    checked_after: AtomicU64,
    opened_at: Instant,
}

/// Milliseconds for which readers rely on a successful check.
const LATELY: u64 = 20;

impl Files {
    /// Returns the files of an open connection.
    pub fn of(path: &Path, writer: Weak<Mutex<Connection>>) -> Self {
        let file = opened(path);
        let metadata = std::fs::metadata(path).ok();
        let seen = Seen {
            stamp: metadata.as_ref().map(stamp_of),
            header: file.as_deref().and_then(Header::read),
            is_overwritten: false,
        };
        let files = Self {
            file,
            seen: Mutex::new(seen),
            path: path.to_owned(),
            log_path: beside(path, "-wal"),
            database: metadata.as_ref().map(identity_of),
            log: OnceLock::new(),
            writer,
            is_rescued: AtomicBool::new(false),
            checked_after: AtomicU64::new(0),
            opened_at: Instant::now(),
        };
        files.find_log();
        files
    }

    /// Identifies the log once it exists; it stays the same while a connection is open.
    fn find_log(&self) {
        if self.log.get().is_none()
            && let Some(found) = identity(&self.log_path)
        {
            let _ = self.log.set(found);
        }
    }

    /// Returns true if a check succeeded recently.
    pub fn was_checked_lately(&self) -> bool {
        self.age().saturating_sub(self.checked_after.load(Ordering::Relaxed)) < LATELY
    }

    fn age(&self) -> u64 {
        u64::try_from(self.opened_at.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Checks that the files are still those that were opened; otherwise returns an error. `held` is the writer if
    /// the caller has it.
    pub fn check(&self, held: Option<&Connection>) -> Result<(), StoreError> {
        self.find_log();
        let metadata = std::fs::metadata(&self.path).ok();
        if metadata.as_ref().map(identity_of) != self.database {
            let what = if metadata.is_none() { "removed" } else { "replaced" };
            return Err(StoreError::Replaced(format!("the database file was {what} while the program runs")));
        }
        if self.is_overwritten(metadata.as_ref().map(stamp_of)) {
            return Err(StoreError::Replaced(
                "the content of the database file was replaced while the program runs; its write-ahead log was moved"
                    .to_owned(),
            ));
        }
        let Some(log) = self.log.get() else {
            return Ok(());
        };
        let now = identity(&self.log_path);
        if now == Some(*log) {
            self.checked_after.store(self.age(), Ordering::Relaxed);
            return Ok(());
        }
        if now.is_none() {
            self.checkpoint_removed_log(held);
        }
        let what = if now.is_none() { "removed" } else { "replaced" };
        Err(StoreError::Replaced(format!(
            "the write-ahead log of the database was {what} while the program runs"
        )))
    }

    /// Returns true if a check found that another program overwrote the database file.
    pub fn was_overwritten(&self) -> bool {
        lock(&self.seen).is_overwritten
    }

    /// Returns true if another program overwrote the database file. Our own checkpoints, and those of our other
    /// processes, only raise the numbers of its header. `now` is the current stamp of the file.
    fn is_overwritten(&self, now: Option<Stamp>) -> bool {
        let mut seen = lock(&self.seen);
        if seen.is_overwritten {
            return true;
        }
        if now == seen.stamp {
            return false;
        }
        let Some(file) = &self.file else { return false };
        let read = || {
            let header = Header::read(file);
            let follows = match (seen.header, header) {
                (Some(before), Some(header)) => before.can_precede(header),
                (None, _) => true,
                (Some(_), None) => false,
            };
            (header, follows)
        };
        let mut found = read();
        if !found.1 {
            // The first page may have been read during a write.
            std::thread::sleep(std::time::Duration::from_millis(20));
            found = read();
        }
        if found.1 {
            seen.stamp = now;
            seen.header = found.0.or(seen.header);
            return false;
        }
        seen.is_overwritten = true;
        // The log belongs to the previous content. Beside the new content SQLite would replay it.
        let aside = beside(&self.path, "-wal.of-replaced-database");
        match std::fs::rename(&self.log_path, &aside) {
            Ok(()) => tracing::error!(
                "the content of the database file was replaced; its write-ahead log is now {}. Stop the program, copy the right database there and start it again",
                aside.display()
            ),
            Err(error) => tracing::error!(
                "the content of the database file was replaced, and its write-ahead log could not be moved: {error}"
            ),
        }
        let _ = std::fs::remove_file(beside(&self.path, "-shm"));
        // If the writer is in use, the next check does it.
        if let Some(writer) = self.writer.upgrade()
            && let Ok(connection) = writer.try_lock()
        {
            disable_checkpoint_on_close(&connection);
        }
        true
    }

    /// Checkpoints what was committed to the removed log, which this process still has open, into the database.
    fn checkpoint_removed_log(&self, held: Option<&Connection>) {
        if self.is_rescued.swap(true, Ordering::SeqCst) {
            return;
        }
        let checkpoint = |connection: &Connection| {
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(0))
        };
        let outcome = match held {
            // No checkpoint inside a transaction; the next caller does it.
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
                    "the write-ahead log was removed; its content is saved in the database; restart the program"
                );
            }
            Some(Ok(_)) | None => self.is_rescued.store(false, Ordering::SeqCst),
            Some(Err(error)) => {
                tracing::error!(
                    "the write-ahead log was removed, and its content could not be saved: {error}"
                );
            }
        }
    }
}

/// Prevents a connection from checkpointing the log when it closes.
pub(super) fn disable_checkpoint_on_close(connection: &Connection) {
    let set = connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    if let Err(error) = set {
        tracing::error!("a connection may write its log into the replaced database: {error}");
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
    fn removed_log_is_detected_and_its_content_saved() {
        let (path, writer) = database("log");
        let files = Files::of(&path, Arc::downgrade(&writer));
        files.check(None).unwrap();
        std::fs::remove_file(beside(&path, "-wal")).unwrap();
        assert!(matches!(files.check(None), Err(StoreError::Replaced(text)) if text.contains("log")));
        // The state that another program finds after this one was killed.
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
    fn content_of_another_or_older_database_is_detected() {
        for other in ["another", "older", "garbage", "empty"] {
            let (path, writer) = database(&format!("content-{other}"));
            let run = |sql: &str| lock(&writer).execute_batch(sql).unwrap();
            run("PRAGMA application_id = 7; PRAGMA wal_checkpoint(TRUNCATE);");
            let older = std::fs::read(&path).unwrap();
            let files = Files::of(&path, Arc::downgrade(&writer));
            // Its own changes are not reported as foreign.
            for number in 1..4 {
                run(&format!("INSERT INTO t VALUES ({number}); PRAGMA user_version = {number};"));
                run("PRAGMA wal_checkpoint(TRUNCATE);");
                files.check(None).unwrap();
            }
            run("INSERT INTO t VALUES (9);");
            let content = match other {
                "another" => {
                    let mut content = std::fs::read(&path).unwrap();
                    content[71] = 8;
                    content
                }
                "older" => older,
                "garbage" => vec![1; 8192],
                _ => Vec::new(),
            };
            // As `cp` does it: same file, new content.
            std::fs::write(&path, content).unwrap();
            for _ in 0..2 {
                let refused = files.check(None);
                assert!(
                    matches!(&refused, Err(StoreError::Replaced(text)) if text.contains("content")),
                    "{other}: {refused:?}"
                );
            }
            let aside = beside(&path, "-wal.of-replaced-database");
            assert!(std::fs::metadata(aside).unwrap().len() > 0, "{other}");
            drop(files);
            drop(writer);
            let rows = Connection::open(&path)
                .unwrap()
                .query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0));
            match other {
                "another" => assert_eq!(rows.unwrap(), 4, "the log was not written into it"),
                "older" => assert_eq!(rows.unwrap(), 1, "the log was not written into it"),
                _ => assert!(rows.is_err()),
            }
            std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
        }
    }

    #[test]
    fn removed_and_replaced_databases_are_detected() {
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
