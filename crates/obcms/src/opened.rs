//! Program with its open database, as commands use it.

use crate::failure::Failure;
use crate::settings::{DatabaseAddress, Settings};
use crate::{data, key, logging};
use obcms_app::{App, Clock, Entropy, Logo, Options, ShiftedClock, SystemClock};
use obcms_store::{Claim, Database, Location, migrations};
use std::path::Path;
use std::sync::Arc;

/// Requirement on the key when the database is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Load it if it is in the data directory.
    Present,
    /// Create it if it is missing.
    Made,
}

/// Starts logging and opens the database of the settings, for a command beside the server.
pub fn beside_server(settings: &Settings) -> Result<App, Failure> {
    open(settings, Some(Key::Present))
}

/// Starts logging and opens the database, even if the key is missing.
pub fn to_check(settings: &Settings) -> Result<App, Failure> {
    open(settings, None)
}

/// Starts logging and opens the database of the settings for writing: secrets need a persistent key.
pub fn to_write(settings: &Settings) -> Result<App, Failure> {
    open(settings, Some(Key::Made))
}

fn open(settings: &Settings, key: Option<Key>) -> Result<App, Failure> {
    logging::start(settings);
    let location = location(settings);
    if let Location::Sqlite(path) = &location {
        data::prepare(path.parent().unwrap_or(&settings.data))?;
        finish_restore(path)?;
        data::close(&settings.data, Some(path));
    }
    if let Some(key) = key {
        key::load(settings, key == Key::Made)?;
    }
    let database = Database::open(&location).map_err(|error| {
        Failure::new(format_args!("cannot open the database {}: {error}; see --database", settings.database))
    })?;
    database.set_slow_statement(settings.slow_statement_ms);
    Ok(App::new(database, clock(settings), Entropy::system(), options(settings)?)?)
}

/// Opens the database for a command that needs its data. An empty one is migrated. One of an older release is not,
/// because a server of that release may be running on it.
pub fn ready(settings: &Settings) -> Result<App, Failure> {
    let app = to_write(settings)?;
    let steps = migrations::status(app.database()).map_err(Failure::new)?;
    match steps.iter().filter(|step| step.applied_at.is_none()).count() {
        0 => {}
        missing if missing == steps.len() => app.prepare()?,
        _ => {
            return Err(Failure::new("the schema is of an older release; run obcms migrate first"));
        }
    }
    Ok(app)
}

/// Completes a restore that was interrupted between its moves.
fn finish_restore(path: &Path) -> Result<(), Failure> {
    let path = std::path::absolute(path).map_err(Failure::new)?;
    if !data::has_replacement(&path) {
        return Ok(());
    }
    let _claim = Claim::new(&path).map_err(Failure::new)?;
    data::finish_replacement(&path)
        .map_err(|error| Failure::new(format_args!("cannot finish the interrupted restore: {error}")))
}

/// Returns the location of the database; a relative SQLite path is inside the data directory.
pub fn location(settings: &Settings) -> Location {
    match &settings.database {
        DatabaseAddress::Sqlite(path) => Location::Sqlite(settings.data.join(path)),
        DatabaseAddress::Postgres(url) => Location::Postgres(url.clone()),
    }
}

/// Returns the clock of the machine; in tests one that is shifted.
fn clock(settings: &Settings) -> Arc<dyn Clock> {
    let Some(shift) = settings.test_clock_shift else { return Arc::new(SystemClock) };
    let clock = ShiftedClock::new(shift);
    tracing::warn!(
        now = %clock.now(),
        "THE CLOCK IS WRONG ON PURPOSE: --test-clock-shift is for tests only; sessions, tokens and shares depend on it"
    );
    Arc::new(clock)
}

/// Reads the logo of the office.
fn logo(settings: &Settings) -> Result<Option<Logo>, Failure> {
    let Some(path) = &settings.office_logo else { return Ok(None) };
    let failed = |reason: &dyn std::fmt::Display| {
        Failure::new(format_args!("cannot use the logo {}: {reason}; see --office-logo", path.display()))
    };
    let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
    let alternative = if settings.office_name.is_empty() { "Logo" } else { &settings.office_name };
    let logo = Logo { bytes, alternative: alternative.to_owned() };
    logo.size().map_err(|error| failed(&error))?;
    Ok(Some(logo))
}

fn options(settings: &Settings) -> Result<Options, Failure> {
    let defaults = Options::default();
    Ok(Options {
        office_timezone: settings
            .office_timezone
            .iana_name()
            .map_or(defaults.office_timezone, ToOwned::to_owned),
        session_days: i64::from(settings.session_days),
        public_url: settings.public_url.clone(),
        allow_private_addresses: settings.allow_private_addresses,
        files: Some(data::files(settings)),
        files_quota: settings.files_quota,
        office_name: settings.office_name.clone(),
        logo: logo(settings)?,
        fonts: Some(obcms_web::components::assets::fonts()),
        password_cost: defaults.password_cost,
    })
}
