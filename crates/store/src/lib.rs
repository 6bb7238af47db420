//! SQLite and PostgreSQL behind one seam.
//!
//! The one text of SQL that runs on both uses `$n` placeholders and quoted names; what differs between the
//! engines (connections, types, locks, messages) is in [`database`] and nowhere else. All calls block: callers in
//! the async world go through `tokio::task::block_in_place`.

pub mod accounts;
pub mod backup;
pub mod bookings;
pub mod calendar;
pub mod database;
mod error;
pub mod exchange;
pub mod holidays;
pub mod jobs;
pub mod migrations;
pub mod programme;
pub mod records;
pub mod sealed;
pub mod settings;
pub mod tasks;
pub mod vault;

pub use database::{Cell, Claim, Database, Engine, Live, Location, Row, Statements, Tx};
pub use error::{StoreError, Transient};
