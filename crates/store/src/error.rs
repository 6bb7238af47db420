//! Errors of the store.

/// Error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite returned an error.
    #[error("the database rejected the request: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL returned an error.
    #[error("the database rejected the request: {}", describe(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// No connection is available.
    #[error("no connection to the database: {0}")]
    Connection(String),
    /// A value in the database does not have the expected type.
    #[error("unexpected value in column {column}: must be {expected}")]
    Decode {
        /// Position in the row.
        column: usize,
        /// Expected type.
        expected: &'static str,
    },
    /// The schema is foreign, or newer than this program.
    #[error("{0}")]
    Schema(String),
    /// A file cannot be read or written.
    #[error("{0}")]
    File(String),
    /// The files of the database were replaced after they were opened.
    #[error("{0}; stop the program, check its files, and start it again")]
    Replaced(String),
    /// Stored data is corrupt.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::File(format!("a file cannot be read or written: {error}"))
    }
}

fn describe(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |inner| format!("{} ({})", inner.message(), inner.code().code()))
}

impl StoreError {
    /// Returns true if a unique constraint refused the write.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                    || error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            }
            Self::Postgres(error) => error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }
}

impl StoreError {
    /// Returns the unique constraint that refused the write: columns or index, as the engine reports it.
    #[must_use]
    pub fn unique_rule(&self) -> Option<String> {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(_, Some(message))) => {
                message.strip_prefix("UNIQUE constraint failed: ").map(ToOwned::to_owned)
            }
            Self::Postgres(error) => {
                error.as_db_error().and_then(|error| error.constraint()).map(ToOwned::to_owned)
            }
            _ => None,
        }
    }

    /// Returns true if the database is temporarily unusable: lost, full, read-only, damaged or overloaded. The
    /// request itself is valid.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        use rusqlite::ErrorCode;
        match self {
            Self::Connection(_) | Self::Replaced(_) | Self::File(_) => true,
            Self::Postgres(error) => match error.as_db_error() {
                // Connection lost, out of resources, shut down, system fault, read-only, damaged.
                Some(known) => {
                    let code = known.code().code();
                    ["08", "53", "57P", "58", "XX"].iter().any(|class| code.starts_with(class))
                        || ["25006", "55P03", "57014"].contains(&code)
                        || self.is_transient()
                }
                None => {
                    error.is_closed()
                        || std::error::Error::source(error)
                            .and_then(|source| source.downcast_ref::<std::io::Error>())
                            .is_some()
                }
            },
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => matches!(
                error.code,
                ErrorCode::DiskFull
                    | ErrorCode::ReadOnly
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::CannotOpen
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::PermissionDenied
                    | ErrorCode::OutOfMemory
                    | ErrorCode::FileLockingProtocolFailed
            ),
            _ => false,
        }
    }

    /// Returns true if pages of the database file are damaged.
    pub(crate) fn is_corruption(&self) -> bool {
        use rusqlite::ErrorCode;
        matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(error, _))
            if matches!(error.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }

    /// Returns true if the database refused a second booking of the same unit at the same time.
    #[must_use]
    pub fn is_overlap(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER
            }
            Self::Postgres(error) => {
                error.code() == Some(&tokio_postgres::error::SqlState::EXCLUSION_VIOLATION)
            }
            _ => false,
        }
    }
}

/// Errors that a retry may resolve.
pub trait Transient {
    /// Returns true if a retry may help: two transactions conflicted, and this one was rolled back.
    fn is_transient(&self) -> bool;
}

impl Transient for StoreError {
    fn is_transient(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            // Another transaction was faster; on the retry the rules find its booking and report it.
            _ if self.is_overlap() => true,
            // A unique key that another transaction took at the same moment: on the retry the rules find that record
            // and report it. SQLite has one writer, so there it is never a race.
            Self::Postgres(error) => matches!(
                error.code(),
                Some(
                    &SqlState::T_R_SERIALIZATION_FAILURE
                        | &SqlState::T_R_DEADLOCK_DETECTED
                        | &SqlState::UNIQUE_VIOLATION
                )
            ),
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                matches!(error.code, rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            }
            _ => false,
        }
    }
}
