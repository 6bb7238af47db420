//! Store: SQLite and PostgreSQL behind one interface.
//!
//! SQL that runs on both engines uses `$n` placeholders and quoted names. Differences between the engines
//! (connections, types, locks, messages) are only in [`database`]. All calls block: async callers use
//! `tokio::task::block_in_place`.

pub mod accounts;
pub mod alerts;
pub mod approval;
pub mod attachments;
pub mod backup;
pub mod bookings;
pub mod calendar;
pub mod database;
mod error;
pub mod exchange;
pub mod holidays;
pub mod jobs;

pub mod migrations;
pub mod money;
pub mod programme;
pub mod records;
pub mod reports;
pub mod results;
pub mod sealed;
pub mod tasks;
pub mod user_settings;
pub mod vault;

pub use database::{
    Claim, Database, Engine, Live, Location, Row, SqlValue, Statement, Statements, Tx, settings,
};
pub use error::{StoreError, Transient};

use database::LogTables;

/// Writers of the tables that a transaction fills before it commits.
static LOG_TABLES: LogTables =
    LogTables { insert: records::changes::insert, invalidate: calendar::invalidation::note };

impl Database {
    /// Opens the database and creates a missing SQLite file. PostgreSQL is connected to when it is first used.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        Self::connect(location, &LOG_TABLES)
    }
}
