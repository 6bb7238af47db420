//! SQLite: one writer behind a mutex, a few readers, write-ahead log, durable commits.

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql};
use tokio::runtime::Handle;

use super::cell::{Row, SqlValue};
use super::claim;
use super::files::Files;
use super::live::{Live, Message};
use crate::error::StoreError;

/// Maximum wait for the writer of another process.
const BUSY: Duration = Duration::from_secs(20);
/// Maximum number of pooled readers.
const IDLE_READERS: usize = 8;
/// Time for which the database counts as damaged after a damaged page was read.
const DAMAGED: Duration = Duration::from_secs(60);
/// Prepared statements cached per connection.
const STATEMENTS: usize = 256;

pub struct Sqlite {
    path: PathBuf,
    writer: Arc<Mutex<Connection>>,
    readers: Mutex<Readers>,
    files: Arc<Files>,
    /// Time at which a damaged page was last found.
    damaged_at: Mutex<Option<Instant>>,
    following: Arc<AtomicBool>,
    /// Shared lock that tells a restore that the file is in use.
    _hold: File,
}

/// Pooled readers, and how often they were renewed.
#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    generation: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while holding the lock leaves no partial work: the drop of the transaction rolled it back.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path, reading: bool) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !reading {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::File(format!("cannot open the database {}: {error}", path.display())))?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Every transaction writes the same few hundred pages, and a checkpoint copies each of them once. With a limit of
    // 16 MB it runs a quarter as often as with the default of 4 MB.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 2147418112; \
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    if reading {
        connection.execute_batch("PRAGMA query_only = ON;")?;
    }
    Ok(connection)
}

/// Creates an empty file that only its owner may read; SQLite gives the log beside it the same permissions.
fn make(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            Err(StoreError::File(format!("cannot create the database {}: {error}", path.display())))
        }
    }
}

/// Assigns an id to the database, so that the content of another database in the same file is detected.
fn number(connection: &Connection) -> Result<(), StoreError> {
    let is_numbered =
        || connection.query_row("PRAGMA application_id", [], |row| Ok(row.get::<_, i64>(0)? != 0));
    if is_numbered()? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let numbered = is_numbered().and_then(|is_numbered| {
        if is_numbered {
            return Ok(());
        }
        let number: i64 =
            connection.query_row("SELECT 1 + abs(random() % 2000000000)", [], |row| row.get(0))?;
        connection.execute_batch(&format!("PRAGMA application_id = {number}"))
    });
    connection.execute_batch(if numbered.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    Ok(numbered?)
}

/// Raises the mark of the database, so that an older copy of its file is detected.
fn mark(connection: &Connection) -> rusqlite::Result<()> {
    let mark: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    connection.execute_batch(&format!("PRAGMA user_version = {}", (mark + 1) % 2_000_000_000))
}

impl Sqlite {
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
                StoreError::File(format!("cannot create the directory {}: {error}", folder.display()))
            })?;
        }
        let hold = claim::share(path)?;
        make(path)?;
        let writer = connect(path, false)?;
        if let Err(error) = number(&writer) {
            tracing::warn!(
                "the database has no application id, so a replaced file cannot be detected: {error}"
            );
        }
        let writer = Arc::new(Mutex::new(writer));
        Ok(Self {
            path: path.to_owned(),
            files: Arc::new(Files::of(path, Arc::downgrade(&writer))),
            damaged_at: Mutex::default(),
            writer,
            readers: Mutex::default(),
            following: Arc::default(),
            _hold: hold,
        })
    }

    /// Writes a row on a separate connection, and a file beside the database. The file is needed because a row still
    /// fits on a full disk as long as the log does not grow.
    pub fn probe(&self) -> Result<(), StoreError> {
        self.check_files()?;
        if lock(&self.damaged_at).is_some_and(|at| at.elapsed() < DAMAGED) {
            return Err(StoreError::Damaged(
                "a page of the database could not be read; see obcms doctor".to_owned(),
            ));
        }
        let room = super::files::beside(&self.path, ".probe");
        let written = std::fs::write(&room, [0; 64 * 1024]);
        let _ = std::fs::remove_file(&room);
        written.map_err(|error| StoreError::File(format!("cannot write to {}: {error}", room.display())))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_millis(500))?;
        let written = connection.execute_batch("BEGIN IMMEDIATE").and_then(|()| {
            connection.execute(
                "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [super::PROBE, &super::probe_value()],
            )?;
            mark(&connection)?;
            connection.execute_batch("COMMIT")
        });
        match written.map_err(StoreError::from) {
            // Another writer is active.
            Err(StoreError::Sqlite(rusqlite::Error::SqliteFailure(error, _)))
                if error.code == ErrorCode::DatabaseBusy =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// Records damage that a statement found.
    fn note<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if outcome.as_ref().is_err_and(StoreError::is_corruption) {
            *lock(&self.damaged_at) = Some(Instant::now());
        }
        outcome
    }

    /// Checks the files. If the content of the database was replaced, no connection may checkpoint the log into it.
    fn check_files(&self) -> Result<(), StoreError> {
        let checked = self.files.check(None);
        if checked.is_err() && self.files.was_overwritten() {
            self.renew_readers();
            if let Ok(connection) = self.writer.try_lock() {
                super::files::disable_checkpoint_on_close(&connection);
            }
        }
        checked
    }

    pub fn begin(&self, writing: bool) -> Result<Transaction<'_>, StoreError> {
        // A page reads many times, so reads rely on a recent check; a write is checked before and after.
        if writing || !self.files.was_checked_lately() {
            self.check_files()?;
        }
        self.note(self.begin_checked(writing))
    }

    fn begin_checked(&self, writing: bool) -> Result<Transaction<'_>, StoreError> {
        let holder = if writing {
            Holder::Writer(lock(&self.writer))
        } else {
            let (idle, generation) = {
                let mut readers = lock(&self.readers);
                (readers.idle.pop(), readers.generation)
            };
            let connection = match idle {
                Some(connection) => connection,
                None => connect(&self.path, true)?,
            };
            Holder::Reader { connection: Some(connection), home: &self.readers, generation }
        };
        holder.connection().execute_batch(if writing { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
        Ok(Transaction { holder, open: true, owner: self })
    }

    /// Begins a write transaction, unless another writer is active.
    pub fn try_begin(&self) -> Result<Option<Transaction<'_>>, StoreError> {
        self.files.check(None)?;
        let connection = match self.writer.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        // The writer may be in another process.
        connection.busy_timeout(Duration::ZERO)?;
        let begun = connection.execute_batch("BEGIN IMMEDIATE");
        connection.busy_timeout(BUSY)?;
        match begun {
            Ok(()) => Ok(Some(Transaction { holder: Holder::Writer(connection), open: true, owner: self })),
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::DatabaseBusy => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Closes the pooled readers, active ones after their work, so that new ones replace them.
    pub fn renew_readers(&self) {
        let mut readers = lock(&self.readers);
        readers.generation += 1;
        readers.idle.clear();
    }

    /// Watches for commits of other processes: `data_version` of SQLite tells that there are some, the change log
    /// tells which.
    pub fn follow(&self, live: Live, handle: &Handle) {
        if self.following.swap(true, Ordering::SeqCst) {
            return;
        }
        let (path, files) = (self.path.clone(), self.files.clone());
        handle.spawn(async move {
            let Ok(connection) = connect(&path, true) else {
                return;
            };
            let mut seen: Option<i64> = None;
            let mut last = 0;
            let mut is_lost = false;
            let mut interval = tokio::time::interval(Duration::from_millis(400));
            loop {
                interval.tick().await;
                if let Err(error) = files.check(None)
                    && !std::mem::replace(&mut is_lost, true)
                {
                    super::files::disable_checkpoint_on_close(&connection);
                    tracing::error!("{error}");
                }
                let version: i64 = match connection.query_row("PRAGMA data_version", [], |row| row.get(0)) {
                    Ok(version) => version,
                    Err(_) => continue,
                };
                match seen {
                    // Changes from before the start of this process are not announced.
                    None => {
                        tokio::task::block_in_place(|| live.mark_published(since(&connection, &mut last)));
                    }
                    Some(before) if before != version => {
                        tokio::task::block_in_place(|| live.publish_unseen(since(&connection, &mut last)));
                    }
                    Some(_) => {}
                }
                seen = Some(version);
            }
        });
    }
}

/// Returns the changes after the number `last`, oldest first, and advances `last`.
fn since(connection: &Connection, last: &mut i64) -> Vec<Message> {
    let found = connection
        .prepare_cached(
            "SELECT id, kind, record_id, version, action, number FROM changes WHERE number > ?1 \
             ORDER BY number DESC LIMIT 301",
        )
        .and_then(|mut statement| {
            let mut rows = statement.query([*last])?;
            read_rows(&mut rows, 6)
        });
    // Before the first migration there is no change log, and nothing to announce.
    let rows = found.unwrap_or_default();
    if let Some(number) = rows.first().and_then(|row| row.get(5).ok()) {
        *last = number;
    }
    rows.iter().rev().filter_map(|row| Message::from_row(row).ok()).collect()
}

enum Holder<'a> {
    Writer(MutexGuard<'a, Connection>),
    Reader { connection: Option<Connection>, home: &'a Mutex<Readers>, generation: u64 },
}

impl Holder<'_> {
    fn connection(&self) -> &Connection {
        match self {
            Self::Writer(connection) => connection,
            // The connection is taken only when the holder is dropped.
            Self::Reader { connection, .. } => match connection {
                Some(connection) => connection,
                None => unreachable!("a reader is used after it was returned"),
            },
        }
    }
}

impl Drop for Holder<'_> {
    fn drop(&mut self) {
        if let Self::Reader { connection, home, generation } = self
            && let Some(connection) = connection.take()
        {
            let mut readers = lock(home);
            if readers.generation == *generation && readers.idle.len() < IDLE_READERS {
                readers.idle.push(connection);
            }
        }
    }
}

pub struct Transaction<'a> {
    holder: Holder<'a>,
    open: bool,
    owner: &'a Sqlite,
}

impl Transaction<'_> {
    pub fn query(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Vec<Row>, StoreError> {
        let read = || {
            let mut statement = self.holder.connection().prepare_cached(&numbered(sql))?;
            bind(&mut statement, parameters)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            Ok(read_rows(&mut rows, columns)?)
        };
        self.owner.note(read())
    }

    pub fn execute(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<u64, StoreError> {
        let write = || {
            let mut statement = self.holder.connection().prepare_cached(&numbered(sql))?;
            bind(&mut statement, parameters)?;
            Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX))
        };
        self.owner.note(write())
    }

    /// Runs a statement once for each list of parameters.
    pub fn execute_each(&mut self, sql: &str, rows: &[Vec<SqlValue>]) -> Result<(), StoreError> {
        let write = || {
            let mut statement = self.holder.connection().prepare_cached(&numbered(sql))?;
            for parameters in rows {
                bind(&mut statement, parameters)?;
                statement.raw_execute()?;
            }
            Ok(())
        };
        self.owner.note(write())
    }

    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.holder.connection().execute_batch(sql)?)
    }

    pub fn commit(mut self) -> Result<(), StoreError> {
        self.owner.note(self.holder.connection().execute_batch("COMMIT").map_err(StoreError::from))?;
        self.open = false;
        match &self.holder {
            // A commit to a file that was removed meanwhile must not be reported as saved.
            Holder::Writer(connection) => self.owner.files.check(Some(connection)),
            Holder::Reader { .. } => Ok(()),
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open && self.holder.connection().execute_batch("ROLLBACK").is_err() {
            tracing::warn!("a transaction could not be rolled back");
        }
    }
}

/// Replaces `$3` with `?3`. SQLite treats `$3` as a name and looks names up linearly, which for thousands of
/// parameters takes longer than everything else.
fn numbered(sql: &str) -> String {
    let mut result = String::with_capacity(sql.len());
    let mut parts = sql.split('$');
    result.push_str(parts.next().unwrap_or_default());
    for part in parts {
        result.push(if part.starts_with(|letter: char| letter.is_ascii_digit()) { '?' } else { '$' });
        result.push_str(part);
    }
    result
}

fn bind(statement: &mut Statement<'_>, parameters: &[SqlValue]) -> Result<(), rusqlite::Error> {
    let wanted = statement.parameter_count();
    let given =
        parameters.get(..wanted).ok_or(rusqlite::Error::InvalidParameterCount(parameters.len(), wanted))?;
    for (index, cell) in given.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, cell)?;
    }
    Ok(())
}

fn read_rows(rows: &mut rusqlite::Rows<'_>, columns: usize) -> Result<Vec<Row>, rusqlite::Error> {
    let mut result = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(columns);
        for column in 0..columns {
            cells.push(match row.get_ref(column)? {
                ValueRef::Null => SqlValue::Null,
                ValueRef::Integer(value) => SqlValue::Integer(value),
                ValueRef::Real(value) => SqlValue::Real(value),
                ValueRef::Text(bytes) => SqlValue::Text(String::from_utf8_lossy(bytes).into_owned()),
                ValueRef::Blob(bytes) => SqlValue::Bytes(bytes.to_vec()),
            });
        }
        result.push(Row(cells));
    }
    Ok(result)
}

impl ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Boolean(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Real(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Self::Id(id) => ToSqlOutput::Owned(Value::Blob(id.uuid().as_bytes().to_vec())),
            Self::Date(date) => ToSqlOutput::Owned(Value::Text(date.to_string())),
            Self::Instant(instant) => ToSqlOutput::Owned(Value::Integer(instant.as_microsecond())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_and_literals_preserved() {
        assert_eq!(
            numbered("SELECT $2, '$a', \"b$\" FROM t WHERE a = $10"),
            "SELECT ?2, '$a', \"b$\" FROM t WHERE a = ?10"
        );
        assert_eq!(numbered("$1"), "?1");
        assert_eq!(numbered(""), "");
    }

    #[test]
    fn values_are_bound_by_number() {
        let connection = Connection::open_in_memory().unwrap();
        let asked = |sql: &str, parameters: &[SqlValue]| {
            let mut statement = connection.prepare_cached(&numbered(sql)).unwrap();
            bind(&mut statement, parameters)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let rows = read_rows(&mut rows, columns)?;
            Ok::<_, rusqlite::Error>(format!("{:?}", rows[0].0))
        };
        let cells = [SqlValue::Integer(1), SqlValue::Integer(2), SqlValue::Integer(3)];
        assert_eq!(asked("SELECT $3, $1, $3", &cells).unwrap(), "[Integer(3), Integer(1), Integer(3)]");
        assert_eq!(asked("SELECT $1", &cells).unwrap(), "[Integer(1)]");
        assert!(asked("SELECT $3, $4", &cells).is_err(), "one is missing");
    }
}
