//! The program: database, clock, randomness and options, with transactions that read and write.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::core::id::Id;
use obcms_store::{Database, StoreError, Tx};

use super::actor::Actor;
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
    /// Zone of the office: what "today" means.
    pub office_timezone: String,
    /// Days until a session ends.
    pub session_days: i64,
    /// Address under which people reach the program, without a slash at the end.
    pub public_url: Option<String>,
    /// Calendars of others may be fetched from this machine and from private networks.
    pub allow_private_addresses: bool,
    /// Cost of a new hash of a password. No setting of the program lowers it.
    pub password_cost: PasswordCost,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            office_timezone: "Asia/Manila".to_owned(),
            session_days: 14,
            public_url: None,
            allow_private_addresses: false,
            password_cost: PasswordCost::default(),
        }
    }
}

/// Subjects of the program: rules of kinds, effects of writes, and jobs.
pub(crate) struct Program {
    /// Rules of the kinds.
    pub rules: &'static Rules,
    /// Effects of writes.
    pub effects: &'static Effects,
    /// Kinds of jobs.
    pub handlers: &'static [Handler],
}

/// Caches by their type.
#[derive(Default)]
struct Caches(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

/// The program without its outside: database, clock, randomness and options. Cheap to clone.
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
    /// Puts the program together with what knows its subjects.
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

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Zone of the office.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Rules of the kinds.
    pub(crate) fn rules(&self) -> &'static Rules {
        self.program.rules
    }

    /// Effects of writes.
    pub(crate) fn effects(&self) -> &'static Effects {
        self.program.effects
    }

    /// Kinds of jobs.
    pub(crate) fn handlers(&self) -> &'static [Handler] {
        self.program.handlers
    }

    /// Cache of that type, shared by all clones of the program; a new one is empty.
    pub(crate) fn cache<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut caches = self.caches.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = caches.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The type is the key, so the cast succeeds.
        Arc::clone(cache).downcast().unwrap_or_default()
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The office's date.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().to_zoned(self.zone.clone()).date()
    }

    /// A fresh id.
    #[must_use]
    pub fn new_id(&self) -> Id {
        self.entropy.id(self.now())
    }

    /// Random bytes for secrets.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.entropy.bytes()
    }

    /// Runs a query.
    pub fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
        self.database.read(work)
    }

    /// Runs a command: everything it does is kept, or nothing.
    ///
    /// Hashing takes long, and nobody else writes meanwhile. So a command that meets a pass phrase ends, and begins anew
    /// when its hash is there.
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
                let result = command(&mut work);
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

    /// Runs an action on the database that is neither command nor query, as a check.
    pub fn store<T>(&self, action: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, AppError> {
        Ok(action(&self.database)?)
    }
}
