//! PostgreSQL: a pool of connections for blocking code.

mod pool;

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use tokio::runtime::Handle;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use tokio_postgres::{AsyncMessage, Config, NoTls};
use uuid::Uuid;

use super::cell::{Row, SqlValue};
use super::live::{Live, Message};
use crate::error::StoreError;
use pool::{Connection, Pool};

pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|error| {
            StoreError::Connection(format!("the address of PostgreSQL is wrong: {error}"))
        })?;
        config
            .connect_timeout(Duration::from_secs(3))
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(15))
            .application_name("obcms");
        Ok(Self { pool: Pool::new(config) })
    }

    /// Takes a connection for a transaction, which begins with its first statement.
    pub fn begin(&self, writing: bool) -> Result<Transaction<'_>, StoreError> {
        let mut transaction = Transaction { pool: &self.pool, connection: None, writing };
        transaction.connect()?;
        Ok(transaction)
    }

    /// Listens to the notifications of all processes on this database, this one included.
    pub fn follow(&self, live: Live, handle: &Handle) {
        let config = self.pool.config().clone();
        handle.spawn(async move {
            let mut first = true;
            loop {
                if let Err(error) = listen(&config, &live, first).await {
                    tracing::warn!(%error, "lost the PostgreSQL connection for live changes; reconnecting");
                }
                first = false;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
    }
}

/// Returns true if the server closed the connection.
fn was_ended(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || error.code().is_some_and(|code| code.code().starts_with("57P"))
}

/// Passes notifications on until the connection is lost. After a reconnect pages reload everything, because
/// notifications may have been missed. They are told so only once the new connection listens, which leaves no gap.
async fn listen(config: &Config, live: &Live, first: bool) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = config.connect(NoTls).await?;
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let driver = tokio::spawn(async move {
        loop {
            match std::future::poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(note))) => {
                    if sender.send(note.payload().to_owned()).is_err() {
                        return;
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            }
        }
    });
    // A restore takes this lock exclusively, and is refused while a server holds it.
    let lock = super::SERVING_LOCK;
    client.batch_execute(&format!("SELECT pg_advisory_lock_shared({lock}); LISTEN obcms")).await?;
    if !first {
        live.publish(vec![Message::everything()]);
    }
    while let Some(payload) = receiver.recv().await {
        live.publish(super::live::read_payload(&payload));
    }
    driver.abort();
    Ok(())
}

/// Transaction, which begins with its first statement and holds a connection until it ends.
pub struct Transaction<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
    writing: bool,
}

impl Transaction<'_> {
    fn connect(&mut self) -> Result<(), StoreError> {
        let connection = self.pool.take()?;
        connection.begin(if self.writing {
            "BEGIN"
        } else {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        });
        self.connection = Some(connection);
        Ok(())
    }

    /// Runs a statement. A first one is run again on another connection if the server has ended this one while it was
    /// idle, as all are after a restart of the server; nothing is lost with it.
    fn run<T>(
        &mut self,
        statement: impl Fn(&mut Connection) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        loop {
            let Some(connection) = &mut self.connection else {
                return Err(StoreError::Connection("the transaction is over".to_owned()));
            };
            let is_repeatable = connection.is_at_start() && !connection.is_new();
            match statement(connection) {
                Err(error) if is_repeatable && was_ended(&error) => {
                    if let Some(connection) = self.connection.take() {
                        self.pool.discard(connection);
                    }
                    self.connect()?;
                }
                other => return Ok(other?),
            }
        }
    }

    pub fn query(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Vec<Row>, StoreError> {
        let rows = self.run(|connection| connection.query(sql, parameters))?;
        rows.iter().map(read_row).collect()
    }

    pub fn execute(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<u64, StoreError> {
        self.run(|connection| connection.execute(sql, parameters))
    }

    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.run(|connection| connection.batch(sql))
    }

    pub fn commit(mut self) -> Result<(), StoreError> {
        self.end("COMMIT")
    }

    /// Ends the transaction, if it has begun, and returns its connection. Only one that writes waits for the answer.
    fn end(&mut self, statement: &str) -> Result<(), StoreError> {
        let Some(connection) = self.connection.take() else { return Ok(()) };
        let ended = match (connection.is_at_start(), self.writing) {
            (true, _) => Ok(()),
            (false, true) => connection.batch(statement),
            (false, false) => connection.send(statement),
        };
        match &ended {
            Ok(()) => self.pool.give_back(connection),
            Err(_) => self.pool.discard(connection),
        }
        Ok(ended?)
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.end("ROLLBACK") {
            tracing::debug!(%error, "a transaction could not be rolled back; its connection is closed");
        }
    }
}

fn read_row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let mut cells = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        let cell = match *column.type_() {
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map_or(SqlValue::Null, SqlValue::Boolean),
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(SqlValue::Null, SqlValue::Integer),
            Type::INT4 => row
                .try_get::<_, Option<i32>>(index)?
                .map_or(SqlValue::Null, |value| SqlValue::Integer(value.into())),
            Type::INT2 => row
                .try_get::<_, Option<i16>>(index)?
                .map_or(SqlValue::Null, |value| SqlValue::Integer(value.into())),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index)?.map_or(SqlValue::Null, SqlValue::Real),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(SqlValue::Null, SqlValue::Bytes),
            Type::UUID => row
                .try_get::<_, Option<Uuid>>(index)?
                .map_or(SqlValue::Null, |value| SqlValue::Id(Id::from(value))),
            Type::DATE => row.try_get::<_, Option<Date>>(index)?.map_or(SqlValue::Null, SqlValue::Date),
            Type::TIMESTAMPTZ => {
                row.try_get::<_, Option<Timestamp>>(index)?.map_or(SqlValue::Null, SqlValue::Instant)
            }
            Type::VOID => SqlValue::Null,
            _ => row.try_get::<_, Option<String>>(index)?.map_or(SqlValue::Null, SqlValue::Text),
        };
        cells.push(cell);
    }
    Ok(Row(cells))
}

impl ToSql for SqlValue {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Boolean(value) => value.to_sql(kind, out),
            Self::Integer(value) => match *kind {
                Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
                Type::INT2 => i16::try_from(*value)?.to_sql(kind, out),
                _ => value.to_sql(kind, out),
            },
            Self::Real(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Bytes(value) => value.to_sql(kind, out),
            Self::Id(value) => value.uuid().to_sql(kind, out),
            Self::Date(value) => value.to_sql(kind, out),
            Self::Instant(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Variant and column type match by the description of the kind.
        true
    }

    to_sql_checked!();
}
