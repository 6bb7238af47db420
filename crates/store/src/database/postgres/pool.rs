//! Pool of connections, each driven by the thread that uses it.

use std::cell::Cell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

use crate::database::SqlValue;
use crate::error::StoreError;

/// Maximum number of connections per process.
const CONNECTIONS: usize = 16;

/// Maximum wait of a request for a free connection.
const WAIT: Duration = Duration::from_secs(10);

/// Prepared statements kept per connection; beyond them all are prepared anew.
const STATEMENTS: usize = 1_000;

/// Open connections. The last one used is lent first, because it knows the statements in use.
pub struct Pool {
    config: Config,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Number of open connections, idle or lent.
    open: usize,
}

impl Pool {
    pub fn new(config: Config) -> Self {
        Self { config, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Returns how the connections are opened.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Lends a connection, opened if none is idle and there are fewer than the maximum. Each ends in `give_back` or
    /// `discard`.
    pub fn take(&self) -> Result<Connection, StoreError> {
        let end = Instant::now() + WAIT;
        let mut state = self.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(connection);
            }
            if state.open < CONNECTIONS {
                state.open += 1;
                drop(state);
                return Connection::open(&self.config).inspect_err(|_| self.closed());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let seconds = WAIT.as_secs();
                let why = format!("no connection to PostgreSQL became free within {seconds} seconds");
                return Err(StoreError::Connection(why));
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes back a connection without an open transaction.
    pub fn give_back(&self, mut connection: Connection) {
        connection.is_new = false;
        self.lock().idle.push(connection);
        self.changed.notify_one();
    }

    /// Closes a connection in an unknown state.
    pub fn discard(&self, connection: Connection) {
        connection.close();
        self.closed();
    }

    fn closed(&self) {
        self.lock().open -= 1;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for connection in std::mem::take(&mut self.lock().idle) {
            connection.close();
        }
    }
}

/// Connection with a runtime of its own, which runs on the calling thread. On the runtime of the server every statement
/// would wake a thread of it, and be woken by it.
pub struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
    /// Statement that starts the transaction, sent together with the first statement of it.
    start: Cell<Option<&'static str>>,
    /// False once it was idle, and may have been ended by the server.
    is_new: bool,
    runtime: Runtime,
}

impl Connection {
    fn open(config: &Config) -> Result<Self, StoreError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Connection(format!("no runtime for PostgreSQL: {error}")))?;
        let (client, connection) = runtime
            .block_on(config.connect(NoTls))
            .map_err(|error| StoreError::Connection(error.to_string()))?;
        runtime.spawn(connection);
        Ok(Self { client, statements: HashMap::new(), start: Cell::new(None), is_new: true, runtime })
    }

    /// Closes the connection without waiting, which dropping it would do, and must not where code is asynchronous.
    fn close(self) {
        self.runtime.shutdown_background();
    }

    /// Begins a transaction with the next statement.
    pub fn begin(&self, start: &'static str) {
        self.start.set(Some(start));
    }

    /// Returns true until the first statement of the transaction.
    pub fn is_at_start(&self) -> bool {
        self.start.get().is_some()
    }

    /// Returns true if the connection was opened for this transaction.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    pub fn query(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Vec<Row>, Error> {
        let statement = self.prepare(sql)?;
        let parameters = parameters_of(&statement, parameters);
        self.wait(self.client.query(&statement, &parameters))
    }

    pub fn execute(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<u64, Error> {
        let statement = self.prepare(sql)?;
        let parameters = parameters_of(&statement, parameters);
        self.wait(self.client.execute(&statement, &parameters))
    }

    pub fn batch(&self, sql: &str) -> Result<(), Error> {
        self.wait(self.client.batch_execute(sql))
    }

    /// Sends a statement whose answer nothing depends on. The answer is read with that to the next statement.
    pub fn send(&self, sql: &str) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut answer = pin!(self.client.batch_execute(sql));
            let early = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
            // Meanwhile the connection writes it.
            yield_now().await;
            match early {
                Poll::Ready(outcome) => outcome,
                Poll::Pending => Ok(()),
            }
        })
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        let statement = self.wait(self.client.prepare(sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Waits for the answer to a statement; that which starts the transaction is sent before it, in the same round trip.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let Some(start) = self.start.take() else { return self.runtime.block_on(answer) };
        self.runtime.block_on(async {
            // The first is polled, and so sent, before the second.
            let (started, result) = tokio::join!(biased; self.client.batch_execute(start), answer);
            started?;
            result
        })
    }
}

/// Returns the parameters that a statement has; others are left out.
fn parameters_of<'a>(statement: &Statement, given: &'a [SqlValue]) -> Vec<&'a (dyn ToSql + Sync)> {
    given.iter().take(statement.params().len()).map(|value| value as &(dyn ToSql + Sync)).collect()
}
