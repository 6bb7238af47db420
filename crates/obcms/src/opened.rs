//! The database of a command.

use crate::failure::Failure;
use crate::settings::{DatabaseAddress, Settings};
use crate::{data, logging};
use jiff::Timestamp;
use obcms_store::{Database, Location};
use tokio::runtime::Runtime;

/// A database together with the threads that its client needs. The threads must live as long as the database is used.
pub struct Opened {
    /// The database.
    pub database: Database,
    /// The threads.
    pub runtime: Runtime,
}

impl Opened {
    /// Starts logging and opens the database that the settings name.
    pub fn new(settings: &Settings) -> Result<Opened, Failure> {
        logging::start(settings);
        let location = location(settings);
        if let Location::Sqlite(path) = &location {
            data::prepare(path.parent().unwrap_or(&settings.data))?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            Failure::new(format_args!("cannot start the threads of the program: {error}"))
        })?;
        let database = Database::open(&location, runtime.handle()).map_err(|error| {
            Failure::new(format_args!(
                "cannot open the database {}: {error}; see --database",
                settings.database
            ))
        })?;
        Ok(Opened { database, runtime })
    }
}

/// Where the database is, with a SQLite path made whole by the data directory.
fn location(settings: &Settings) -> Location {
    match &settings.database {
        DatabaseAddress::Sqlite(path) => Location::Sqlite(settings.data.join(path)),
        DatabaseAddress::Postgres(url) => Location::Postgres(url.clone()),
    }
}

/// The time at which a command began.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the program that reads the clock, to hand it on"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
