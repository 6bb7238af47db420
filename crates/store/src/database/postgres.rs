//! PostgreSQL: a connection pool, driven from blocking code through the handle of the runtime.

use std::error::Error;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use tokio::runtime::Handle;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use tokio_postgres::{AsyncMessage, NoTls};
use uuid::Uuid;

use super::cell::{Row, SqlValue};
use super::live::{Live, Message};
use crate::error::StoreError;

/// Maximum number of connections per process.
const CONNECTIONS: usize = 16;

/// Maximum wait of a request for a free connection.
const WAIT: Duration = Duration::from_secs(10);

pub struct Postgres {
    pool: Pool,
    handle: Handle,
    config: tokio_postgres::Config,
}

impl Postgres {
    pub fn open(url: &str, handle: Handle) -> Result<Self, StoreError> {
        let mut config: tokio_postgres::Config = url.parse().map_err(|error| {
            StoreError::Connection(format!("the address of PostgreSQL is wrong: {error}"))
        })?;
        config
            .connect_timeout(Duration::from_secs(3))
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(15))
            .application_name("obcms");
        let manager = Manager::from_config(
            config.clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .build()
            .map_err(|error| StoreError::Connection(error.to_string()))?;
        Ok(Self { pool, handle, config })
    }

    pub fn begin(&self, writing: bool) -> Result<Transaction<'_>, StoreError> {
        let start = if writing { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        let mut attempts = 0;
        loop {
            let client = self.handle.block_on(self.pool.get()).map_err(|error| {
                StoreError::Connection(match error {
                    deadpool_postgres::PoolError::Backend(error) => error.to_string(),
                    other => other.to_string(),
                })
            })?;
            match self.handle.block_on(client.batch_execute(start)) {
                Ok(()) => return Ok(Transaction { client: Some(client), handle: &self.handle }),
                Err(error) => {
                    drop(Object::take(client));
                    // All pooled connections may be older than a restart of the server.
                    attempts += 1;
                    if attempts > CONNECTIONS || !was_ended(&error) {
                        return Err(error.into());
                    }
                }
            }
        }
    }

    /// Listens to the notifications of all processes on this database, this one included.
    pub fn follow(&self, live: Live, handle: &Handle) {
        let config = self.config.clone();
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
async fn listen(
    config: &tokio_postgres::Config,
    live: &Live,
    first: bool,
) -> Result<(), tokio_postgres::Error> {
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

pub struct Transaction<'a> {
    client: Option<Object>,
    handle: &'a Handle,
}

impl Transaction<'_> {
    fn client(&self) -> Result<&Object, StoreError> {
        self.client.as_ref().ok_or_else(|| StoreError::Connection("the transaction is over".to_owned()))
    }

    pub fn query(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<Vec<Row>, StoreError> {
        let client = self.client()?;
        let parameters: Vec<&(dyn ToSql + Sync)> =
            parameters.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        let rows = self.handle.block_on(async {
            let statement = client.prepare_cached(sql).await?;
            let known = statement.params().len().min(parameters.len());
            client.query(&statement, &parameters[..known]).await
        })?;
        rows.iter().map(read_row).collect()
    }

    pub fn execute(&mut self, sql: &str, parameters: &[SqlValue]) -> Result<u64, StoreError> {
        let client = self.client()?;
        let parameters: Vec<&(dyn ToSql + Sync)> =
            parameters.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        Ok(self.handle.block_on(async {
            let statement = client.prepare_cached(sql).await?;
            let known = statement.params().len().min(parameters.len());
            client.execute(&statement, &parameters[..known]).await
        })?)
    }

    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        let client = self.client()?;
        Ok(self.handle.block_on(client.batch_execute(sql))?)
    }

    pub fn commit(mut self) -> Result<(), StoreError> {
        self.batch("COMMIT")?;
        self.client = None;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // This drop may run inside the runtime, so the rollback gets its own task.
            self.handle.spawn(async move {
                if client.batch_execute("ROLLBACK").await.is_err() {
                    drop(Object::take(client));
                }
            });
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
