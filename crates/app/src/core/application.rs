//! Program state: database, clock, randomness and options, with transactions for reads and writes.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::core::id::Id;
use obcms_store::{Database, StoreError, Tx};

use super::actor::Actor;
use obcms_pdf::{Fonts, Logo};

use super::clock::{Clock, Entropy};
use super::error::AppError;
use super::job::Handler;
use super::password_hash::{self, PasswordCost};
use super::rules::{Effects, Rules};
use super::security::PendingEvent;
use super::unit_of_work::{Hashes, UnitOfWork};

/// Settings of the installation.
#[derive(Clone, Debug)]
pub struct Options {
    /// Time zone of the office, which determines "today".
    pub office_timezone: String,
    /// Days of disuse after which a session expires.
    pub session_days: i64,
    /// Public address of the program, without a trailing slash.
    pub public_url: Option<String>,
    /// True to allow fetching subscriptions from this machine and from private networks.
    pub allow_private_addresses: bool,
    /// Folder of the contents of attached files; without one no file can be attached.
    pub files: Option<PathBuf>,
    /// Maximum bytes of all attached files.
    pub files_quota: u64,
    /// Name of the office, on reports; empty for none.
    pub office_name: String,
    /// Logo of the office, on reports.
    pub logo: Option<Logo>,
    /// Fonts of PDF files; without them no report can be a PDF.
    pub fonts: Option<Fonts>,
    /// Cost of new password hashes. No option of the program lowers it.
    pub password_cost: PasswordCost,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            office_timezone: "Asia/Manila".to_owned(),
            session_days: 14,
            public_url: None,
            allow_private_addresses: false,
            files: None,
            files_quota: 10 * 1024 * 1024 * 1024,
            office_name: String::new(),
            logo: None,
            fonts: None,
            password_cost: PasswordCost::default(),
        }
    }
}

/// Rules of kinds, effects of writes and job handlers of all subjects.
pub(crate) struct Program {
    /// Rules of the kinds.
    pub rules: &'static Rules,
    /// Effects of writes.
    pub effects: &'static Effects,
    /// Handlers of all kinds of jobs.
    pub handlers: &'static [Handler],
}

/// Caches by their type.
#[derive(Default)]
struct Caches(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

/// Program without its interfaces: database, clock, randomness and options. Cheap to clone.
#[derive(Clone)]
pub struct App {
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<Entropy>,
    options: Arc<Options>,
    zone: TimeZone,
    caches: Arc<Caches>,
    program: &'static Program,
}

impl App {
    /// Assembles the program from its parts and the rules, effects and handlers of its subjects.
    pub(crate) fn assemble(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
        options: Options,
        program: &'static Program,
    ) -> Result<Self, AppError> {
        let zone = TimeZone::get(&options.office_timezone)
            .map_err(|_| AppError::Setting(format!("there is no time zone {}", options.office_timezone)))?;
        let (entropy, options) = (Arc::new(entropy), Arc::new(options));
        Ok(Self { database, clock, entropy, options, zone, caches: Arc::default(), program })
    }

    /// Returns the database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns the options.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the time zone of the office.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the rules of all kinds.
    pub(crate) fn rules(&self) -> &'static Rules {
        self.program.rules
    }

    /// Returns the effects of writes.
    pub(crate) fn effects(&self) -> &'static Effects {
        self.program.effects
    }

    /// Returns the handlers of all kinds of jobs.
    pub(crate) fn handlers(&self) -> &'static [Handler] {
        self.program.handlers
    }

    /// Returns the cache of that type, shared by all clones of the program; it starts empty.
    pub(crate) fn cache<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut caches = self.caches.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = caches.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The type is the key, so the downcast succeeds.
        Arc::clone(cache).downcast().unwrap_or_default()
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns today's date in the zone of the office.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().to_zoned(self.zone.clone()).date()
    }

    /// Returns a new id.
    #[must_use]
    pub fn new_id(&self) -> Id {
        self.entropy.id(self.now())
    }

    /// Returns random bytes for secrets.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.entropy.bytes()
    }

    /// Runs a query in a read transaction.
    pub fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
        self.database.read(work)
    }

    /// Runs a command in a write transaction: all of its writes are committed, or none.
    ///
    /// Hashing is slow and blocks all other writers meanwhile. So a command that needs the hash of a pass phrase is
    /// rolled back, and runs again when the hash is calculated.
    pub fn write<T>(
        &self,
        actor: &Actor,
        mut command: impl FnMut(&mut UnitOfWork<'_, '_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut hashes = Hashes::new();
        loop {
            let mut events = Vec::new();
            let result = self.database.write(|tx| {
                let mut work = UnitOfWork::new(self, tx, actor, &hashes);
                let result = command(&mut work).and_then(|result| work.finish().map(|()| result));
                events = work.events;
                result
            });
            match result {
                Ok(result) => {
                    events.iter().for_each(PendingEvent::log);
                    return Ok(result);
                }
                Err(AppError::Unhashed(given)) if !hashes.contains_key(&given) => {
                    let hash = password_hash::hash(self, &given.0)?;
                    hashes.insert(given, hash);
                }
                other => return other,
            }
        }
    }

    /// Runs an action on the database that is neither command nor query, such as a check.
    pub fn store<T>(&self, action: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, AppError> {
        Ok(action(&self.database)?)
    }
}
