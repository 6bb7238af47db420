//! SQLite and PostgreSQL behind one seam.
//!
//! The one text of SQL that runs on both uses `$n` placeholders and quoted names; what differs between the
//! engines (connections, types, locks, messages) is in [`database`] and nowhere else. All calls block: callers in
//! the async world go through `tokio::task::block_in_place`.

pub mod accounts;
pub mod backup;
pub mod board;
pub mod bookings;
pub mod calendar;
pub mod calendar_facts;
pub mod calendar_touched;
pub mod changes;
pub mod database;
mod error;
pub mod external;
pub mod feeds;
pub mod holidays;
pub mod idempotency;
pub mod imports;
pub mod jobs;
pub mod migrations;
pub mod portfolio;
pub mod projects;
pub mod records;
pub mod sealed;
pub mod search;
pub mod settings;
pub mod sharing;
pub mod tasks;
pub mod today;
pub mod trace;
pub mod vault;

pub use database::{Cell, Claim, Database, Engine, Live, Location, Row, Statements, Tx};
pub use error::{StoreError, Transient};
