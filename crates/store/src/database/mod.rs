//! Database access: one `Database` and one `Tx` for both engines.

mod answers;
mod cell;
mod claim;
mod files;
mod live;
mod postgres;
mod recorder;
pub mod settings;
mod slow;
mod sqlite;
mod statement;
mod writing;

pub use cell::{FromCell, Row, SqlValue};
pub use claim::Claim;
pub(crate) use claim::SERVING_LOCK;
pub use live::{Live, LiveReceiver, Message};
pub use recorder::{Recorder, Statements};
pub use statement::Statement;
pub use writing::is_writing;

use answers::AnswerCache;
use slow::SlowLimit;
use writing::Writing;

use std::path::PathBuf;
use std::sync::Arc;

use obcms_domain::core::id::Id;
use tokio::runtime::Handle;

use crate::error::{StoreError, Transient};

/// Name of the counter of changes, raised in commit order. Its value is the revision.
pub(crate) const CHANGES: &str = "changes";

/// Maximum number of log rows buffered until the end of a transaction. Above it they are written at once, so that a
/// long import does not hold all of them in memory.
const MOST_WAITING: usize = 5_000;

/// Setting written by the readiness check.
const PROBE: &str = "readiness";

/// Returns a text that differs from the previous one, so that the write is not optimized away.
fn probe_value() -> String {
    static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}

/// Maximum number of attempts of a transaction with conflicts.
const ATTEMPTS: u32 = 6;

/// Location of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// SQLite file.
    Sqlite(PathBuf),
    /// Address of a PostgreSQL database.
    Postgres(String),
}

impl Location {
    /// Parses `sqlite:PATH` or `postgres://…`; a relative path is inside `data`.
    pub fn parse(text: &str, data: &std::path::Path) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(data.join(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::Connection("expected sqlite:PATH or postgres://… as the database".to_owned()))
    }
}

/// Database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL server.
    Postgres,
}

enum Inner {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// Database handle. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
    live: Live,
    answers: Arc<AnswerCache>,
    recorder: Arc<Recorder>,
    log_tables: &'static LogTables,
    slow: Arc<SlowLimit>,
}

/// Writers of the tables that a transaction fills before it commits.
pub(crate) struct LogTables {
    /// Inserts rows of the change log.
    pub insert: fn(&mut Tx<'_>, &[Vec<SqlValue>]) -> Result<(), StoreError>,
    /// Logs the records to invalidate in the calendar cache. Arguments: revision, steps to it, records.
    pub invalidate: fn(&mut Tx<'_>, i64, i64, Vec<Id>) -> Result<(), StoreError>,
}

impl Database {
    /// Opens the database and creates a missing SQLite file.
    pub(crate) fn connect(location: &Location, log_tables: &'static LogTables) -> Result<Self, StoreError> {
        let live = Live::new();
        let inner = match location {
            Location::Sqlite(path) => Inner::Sqlite(sqlite::Sqlite::open(path)?),
            Location::Postgres(url) => Inner::Postgres(postgres::Postgres::open(url)?),
        };
        Ok(Self {
            inner: Arc::new(inner),
            live,
            answers: Arc::default(),
            recorder: Arc::default(),
            log_tables,
            slow: Arc::default(),
        })
    }

    /// Sets the duration from which a statement is logged as slow; zero disables the log.
    pub fn set_slow_statement(&self, limit: std::time::Duration) {
        self.slow.set(limit);
    }

    /// Returns the engine of the database.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match *self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Returns the channel of messages about committed changes, of this process and of others on the same database.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Starts to follow the changes that other processes commit to the same database.
    pub fn follow(&self, handle: &Handle) {
        match &*self.inner {
            Inner::Sqlite(sqlite) => sqlite.follow(self.live.clone(), handle),
            Inner::Postgres(postgres) => postgres.follow(self.live.clone(), handle),
        }
    }

    /// Runs `work` in a read-only transaction that sees one revision.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(false)?;
        let result = work(&mut tx)?;
        tx.finish()?;
        Ok(result)
    }

    /// Runs `work` in a transaction, committed on success and rolled back on failure. After a conflict with another
    /// transaction `work` runs again, so it must have no effects outside `Tx`.
    pub fn write<T, E>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + Transient,
    {
        let mut attempt = 1;
        loop {
            let result = self.attempt(&mut work);
            match result {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    tracing::debug!(attempt, "a transaction conflicted with another and is retried");
                    std::thread::sleep(std::time::Duration::from_millis(u64::from(attempt * attempt) * 3));
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    /// Runs a small optional write, such as the last use of a token. Does nothing and returns nothing while another
    /// writer is active, so that a reader never waits for a writer.
    pub fn try_write<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let Some(connection) = (match &*self.inner {
            Inner::Sqlite(sqlite) => sqlite.try_begin()?.map(Connection::Sqlite),
            Inner::Postgres(postgres) => Some(Connection::Postgres(postgres.begin(true)?)),
        }) else {
            return Ok(None);
        };
        let mut tx = self.transaction(connection, true);
        if self.engine() == Engine::Postgres {
            tx.batch("SET LOCAL lock_timeout = '20ms'")?;
        }
        match work(&mut tx).and_then(|result| tx.finish().map(|()| result)) {
            Ok(result) => Ok(Some(result)),
            // Reads must succeed even on a full or read-only database.
            Err(error) if error.is_transient() || error.is_unavailable() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn attempt<T, E: From<StoreError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(true)?;
        let _writing = Writing::begin();
        let result = work(&mut tx)?;
        let messages = std::mem::take(&mut tx.messages);
        let touched = std::mem::take(&mut tx.touched);
        // A message without a row in the change log, such as that of a job, is no change by people.
        if !touched.is_empty() || messages.iter().any(|message| message.change.is_some()) {
            // Last step before the commit, so that writers wait for each other no longer than a commit takes.
            let (state, steps) = tx.number_changes()?;
            (tx.log_tables.invalidate)(&mut tx, state, steps, touched)?;
        }
        if self.engine() == Engine::Postgres {
            tx.notify(&messages)?;
        }
        tx.finish()?;
        if self.engine() == Engine::Sqlite {
            self.live.publish(messages);
        }
        Ok(result)
    }

    fn begin(&self, writing: bool) -> Result<Tx<'_>, StoreError> {
        // Includes the wait for another writer, or for a free connection.
        let connection = self.slow.watch("BEGIN", || {
            Ok::<_, StoreError>(match &*self.inner {
                Inner::Sqlite(sqlite) => Connection::Sqlite(sqlite.begin(writing)?),
                Inner::Postgres(postgres) => Connection::Postgres(postgres.begin(writing)?),
            })
        })?;
        Ok(self.transaction(connection, writing))
    }

    fn transaction<'a>(&'a self, connection: Connection<'a>, writing: bool) -> Tx<'a> {
        Tx {
            connection,
            messages: Vec::new(),
            touched: Vec::new(),
            log: Vec::new(),
            // A transaction that writes sees its own uncommitted data, so it does not use the shared cache.
            answers: (!writing).then(|| &*self.answers),
            revision: None,
            recorder: &self.recorder,
            log_tables: self.log_tables,
            slow: &self.slow,
        }
    }

    /// Returns the revision, across all processes. Read in the transaction of a query, it is the revision of the
    /// result.
    pub fn state_of(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
        if let Some(revision) = tx.revision {
            return Ok(revision);
        }
        let revision = settings::number(tx, CHANGES)?;
        // A transaction that reads sees one revision from its first statement on.
        tx.revision = tx.answers.map(|_| revision);
        Ok(revision)
    }

    /// Returns the recorder of the statements that return rows.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Returns the query plan of a statement, step by step. PostgreSQL prefers a sequential scan where it estimates
    /// it to be cheaper, so sequential scans are disabled to see whether an index can serve.
    pub fn plan(&self, sql: &str, parameters: &[SqlValue]) -> Result<Vec<String>, StoreError> {
        let (prefix, column) = match self.engine() {
            Engine::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Engine::Postgres => ("EXPLAIN", 0),
        };
        self.read(|tx| {
            if tx.engine() == Engine::Postgres {
                tx.batch("SET LOCAL enable_seqscan = off")?;
            }
            tx.query(&format!("{prefix} {sql}"), parameters)?.iter().map(|row| row.get(column)).collect()
        })
    }

    /// Recalculates the planner statistics of all tables. Without it the choice of indexes after a migration or a
    /// bulk load would rest on guesses.
    pub fn analyze(&self) -> Result<(), StoreError> {
        self.statistics(match self.engine() {
            // With a limit SQLite keeps no samples of values, which would make it plan a statement again for every
            // value.
            Engine::Sqlite => "PRAGMA analysis_limit = 10000; ANALYZE",
            Engine::Postgres => "ANALYZE",
        })
    }

    /// Recalculates the planner statistics of tables that have changed much.
    pub fn optimize(&self) -> Result<(), StoreError> {
        self.statistics(match self.engine() {
            Engine::Sqlite => "PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002",
            Engine::Postgres => "ANALYZE",
        })
    }

    fn statistics(&self, sql: &str) -> Result<(), StoreError> {
        self.write(|tx| tx.batch(sql))?;
        if let Inner::Sqlite(sqlite) = &*self.inner {
            // A connection reads the statistics when it is opened.
            sqlite.renew_readers();
        }
        Ok(())
    }

    /// Writes a row that is never read, to check that the database is writable.
    pub fn probe(&self) -> Result<(), StoreError> {
        match &*self.inner {
            Inner::Sqlite(sqlite) => sqlite.probe(),
            Inner::Postgres(_) => {
                let mut tx = self.begin(true)?;
                tx.batch("SET LOCAL statement_timeout = 1500")?;
                settings::set(&mut tx, PROBE, &probe_value())?;
                tx.finish()
            }
        }
    }

    /// Returns the size of the database in bytes.
    pub fn size(&self) -> Result<i64, StoreError> {
        let sql = match self.engine() {
            Engine::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            Engine::Postgres => "SELECT pg_database_size(current_database())",
        };
        self.read(|tx| tx.one(sql, &[])?.get(0))
    }

    /// Runs the integrity check of the engine. Returns its findings, empty if there are none.
    pub fn integrity(&self) -> Result<Vec<String>, StoreError> {
        match self.engine() {
            Engine::Sqlite => self.read(|tx| {
                let rows = tx.query("PRAGMA quick_check", &[])?;
                let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
                Ok(found.into_iter().filter(|line| line != "ok").collect())
            }),
            // PostgreSQL has no such check without an extension, so this reads every table.
            Engine::Postgres => self.read(|tx| {
                tx.query("SELECT count(*) FROM records", &[])?;
                Ok(Vec::new())
            }),
        }
    }
}

enum Connection<'a> {
    Sqlite(sqlite::Transaction<'a>),
    Postgres(postgres::Transaction<'a>),
}

/// Point of a transaction to which it can return.
#[derive(Clone, Copy, Debug)]
pub struct Savepoint {
    messages: usize,
    touched: usize,
    log: usize,
}

/// Open transaction. Dropping it rolls it back.
pub struct Tx<'a> {
    connection: Connection<'a>,
    messages: Vec<Message>,
    /// Records to invalidate in the calendar cache.
    touched: Vec<Id>,
    /// Rows of the change log, numbered at the end.
    log: Vec<Vec<SqlValue>>,
    /// Cache of query results; none in a transaction that writes.
    answers: Option<&'a AnswerCache>,
    /// Revision, once it was read in a transaction that reads.
    revision: Option<i64>,
    recorder: &'a Recorder,
    log_tables: &'static LogTables,
    slow: &'a SlowLimit,
}

impl Tx<'_> {
    /// Returns the engine of the transaction.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Marks a point to which [`Tx::rollback_to`] returns. Each is released, or rolled back to, before the next one.
    pub fn savepoint(&mut self) -> Result<Savepoint, StoreError> {
        if self.log.len() > MOST_WAITING / 5 {
            // Buffered rows are not to be written within the part that may be rolled back.
            self.number_changes()?;
        }
        self.batch("SAVEPOINT part")?;
        Ok(Savepoint { messages: self.messages.len(), touched: self.touched.len(), log: self.log.len() })
    }

    /// Keeps what was written since the savepoint.
    pub fn release(&mut self, _: Savepoint) -> Result<(), StoreError> {
        self.batch("RELEASE SAVEPOINT part")
    }

    /// Takes back what was written since the savepoint.
    pub fn rollback_to(&mut self, savepoint: Savepoint) -> Result<(), StoreError> {
        self.batch("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")?;
        if self.log.len() < savepoint.log {
            return Err(StoreError::Damaged(
                "a part of a transaction is too large to be taken back".to_owned(),
            ));
        }
        self.messages.truncate(savepoint.messages);
        self.touched.truncate(savepoint.touched);
        self.log.truncate(savepoint.log);
        Ok(())
    }

    /// Returns all rows of a query.
    pub fn query(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Vec<Row>, StoreError> {
        self.recorder.note(sql, parameters);
        self.slow.watch(sql, || match &mut self.connection {
            Connection::Sqlite(connection) => connection.query(sql, parameters),
            Connection::Postgres(connection) => connection.query(sql, parameters),
        })
    }

    /// Returns the first row of a query, if any.
    pub fn first(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// Returns the single row of a query that always has one, such as a count.
    pub fn one(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Row, StoreError> {
        self.first(sql, parameters)?.ok_or_else(|| StoreError::Damaged("a row is missing".to_owned()))
    }

    /// Returns all rows of a query, cached per revision: counts, and the ids of a page. The result must depend only
    /// on text and parameters. Not for tables that are written outside the change log, such as jobs and sessions.
    pub fn query_cached(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Arc<Vec<Row>>, StoreError> {
        let Some(cache) = self.answers else {
            return Ok(Arc::new(self.query(sql, parameters)?));
        };
        let revision = Database::state_of(self)?;
        if let Some(rows) = cache.get(sql, parameters, revision) {
            return Ok(rows);
        }
        let rows = Arc::new(self.query(sql, parameters)?);
        cache.put(sql, parameters, revision, &rows);
        Ok(rows)
    }

    /// Locks rows until the transaction ends, so that what is read afterwards stays true until the write. SQLite has
    /// one writer at a time anyway.
    pub fn lock(&mut self, table: &str, ids: &[Id]) -> Result<(), StoreError> {
        if let Connection::Sqlite(_) = self.connection {
            return Ok(());
        }
        // In a fixed order, to avoid deadlocks between transactions that lock the same rows.
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        for chunk in ids.chunks(400) {
            let mut statement = Statement::new(format!("SELECT id FROM \"{table}\" WHERE id IN "));
            statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
            statement.push(" ORDER BY id FOR UPDATE");
            self.query(&statement.sql, &statement.parameters)?;
        }
        Ok(())
    }

    /// Waits for other transactions that hold the advisory lock, and holds it until this one ends. Returns false where
    /// there are no others: SQLite has one writer at a time.
    pub(crate) fn advisory_lock(&mut self, number: i64) -> Result<bool, StoreError> {
        let has_others = self.engine() == Engine::Postgres;
        if has_others {
            self.execute("SELECT pg_advisory_xact_lock($1)", &[number.into()])?;
        }
        Ok(has_others)
    }

    /// Runs a statement. Returns the number of affected rows.
    pub fn execute(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<u64, StoreError> {
        self.slow.watch(sql, || match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(sql, parameters),
            Connection::Postgres(connection) => connection.execute(sql, parameters),
        })
    }

    /// Runs several statements without parameters.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.slow.watch(sql, || match &mut self.connection {
            Connection::Sqlite(connection) => connection.batch(sql),
            Connection::Postgres(connection) => connection.batch(sql),
        })
    }

    /// Inserts many rows of `columns`. `suffix` may contain an `ON CONFLICT` clause.
    pub fn insert_rows(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<SqlValue>],
        suffix: &str,
    ) -> Result<(), StoreError> {
        match &mut self.connection {
            // SQLite runs in the process, so one prepared statement runs once per row: a separate statement for every
            // number of rows would be prepared again and again.
            Connection::Sqlite(connection) if !rows.is_empty() => {
                let sql = insertion(table, columns, 1, suffix);
                self.slow.watch(&sql, || connection.execute_each(&sql, rows))
            }
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(connection) => {
                // PostgreSQL takes at most 32,000 parameters; full chunks share one prepared statement.
                let most = (16_000 / columns.len().max(1)).clamp(1, 500);
                for chunk in rows.chunks(most) {
                    let parameters: Vec<SqlValue> = chunk.iter().flatten().cloned().collect();
                    let sql = insertion(table, columns, chunk.len(), suffix);
                    self.slow.watch(&sql, || connection.execute(&sql, &parameters))?;
                }
                Ok(())
            }
        }
    }

    /// Queues a message for live pages, published after the commit.
    pub fn publish(&mut self, message: Message) {
        self.messages.push(message);
    }

    /// Buffers rows of the change log until the end of the transaction, where they get their numbers. The holder of a
    /// number holds the counter, so a smaller number is never committed after a larger one.
    pub(crate) fn log(&mut self, rows: Vec<Vec<SqlValue>>) -> Result<(), StoreError> {
        self.log.extend(rows);
        if self.log.len() > MOST_WAITING {
            self.number_changes()?;
        }
        Ok(())
    }

    /// Writes the buffered log rows with the next numbers. Returns the last number and how many were taken.
    fn number_changes(&mut self) -> Result<(i64, i64), StoreError> {
        let mut rows = std::mem::take(&mut self.log);
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let steps = count.max(1);
        let last = settings::next_numbers(self, CHANGES, steps)?;
        for (row, number) in rows.iter_mut().zip(last - count + 1..) {
            row.push(number.into());
        }
        (self.log_tables.insert)(self, &rows)?;
        Ok((last, steps))
    }

    /// Invalidates the calendar entries of this record at the commit.
    pub(crate) fn touch(&mut self, record: Id) {
        self.touched.push(record);
    }

    fn notify(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        for payload in live::payloads(messages) {
            self.execute("SELECT pg_notify('obcms', $1)", &[SqlValue::Text(payload)])?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        self.slow.watch("COMMIT", || match self.connection {
            Connection::Sqlite(connection) => connection.commit(),
            Connection::Postgres(connection) => connection.commit(),
        })
    }
}

/// Returns the statement that inserts a number of rows.
fn insertion(table: &str, columns: &[&str], rows: usize, suffix: &str) -> String {
    let mut sql = format!("INSERT INTO \"{table}\" (");
    for (place, name) in columns.iter().enumerate() {
        sql.push_str(if place == 0 { "\"" } else { ", \"" });
        sql.push_str(name);
        sql.push('"');
    }
    sql.push_str(") VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        sql.push_str(&placeholders(row * columns.len() + 1, columns.len()));
        sql.push(')');
    }
    if !suffix.is_empty() {
        sql.push(' ');
        sql.push_str(suffix);
    }
    sql
}

/// Returns `count` placeholders: `$first, $first+1, …`.
#[must_use]
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}
