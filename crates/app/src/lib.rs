//! Commands and queries: the one place where a write happens.
//!
//! Every command is: open a [`Work`] (one transaction) -> load -> ask the policy -> apply the rule -> write ->
//! record the change -> consequences -> commit -> publish. Consequences are plain calls in [`consequences`].

pub mod accounts;
pub mod actor;
mod behaviour;
pub mod board;
pub mod bookings;
mod cache;
pub mod calendar;
pub mod cancelling;
pub mod clock;
pub mod consequences;
mod error;
pub mod external;
pub mod feeds;
pub mod field_rights;
pub mod files;
pub mod generation;
pub mod history;
pub mod holidays;
pub mod icalendar;
pub mod jobs;
pub mod lists;
pub mod occurrences;
pub mod portfolio;
pub mod present;
pub mod projects;
pub mod reasons;
pub mod records;
mod references;
pub mod search;
pub mod security;
pub mod seeds;
pub mod series;
pub mod sharing;
pub mod tasks;
pub mod today;
pub mod trace;
pub mod transitions;
pub mod undo;
pub mod work;

pub use actor::Actor;
pub use behaviour::tasks::derived as task_facts;
pub use clock::{Clock, Entropy, FixedClock, SystemClock};
pub use error::AppError;
use security::PendingEvent;
use work::Hashes;
pub use work::Work;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::id::Id;
use obcms_store::{Database, StoreError, Tx};

/// What the installation decides.
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
    pub password_cost: accounts::PasswordCost,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            office_timezone: "Asia/Manila".to_owned(),
            session_days: 14,
            public_url: None,
            allow_private_addresses: false,
            password_cost: accounts::PasswordCost::default(),
        }
    }
}

/// The program without its outside: database, clock, randomness and options. Cheap to clone.
#[derive(Clone)]
pub struct App {
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<Entropy>,
    options: Arc<Options>,
    zone: TimeZone,
    calendar: Arc<calendar::KeptCalendar>,
    portfolios: Arc<portfolio::PortfolioCache>,
    actors: Arc<actor::ActorCache>,
}

impl App {
    /// Puts the program together.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
        options: Options,
    ) -> Result<Self, AppError> {
        let zone = TimeZone::get(&options.office_timezone)
            .map_err(|_| AppError::Setting(format!("there is no time zone {}", options.office_timezone)))?;
        let (entropy, options) = (Arc::new(entropy), Arc::new(options));
        Ok(Self {
            database,
            clock,
            entropy,
            options,
            zone,
            calendar: Arc::default(),
            portfolios: Arc::default(),
            actors: Arc::default(),
        })
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

    pub(crate) fn kept_calendar(&self) -> &calendar::KeptCalendar {
        &self.calendar
    }

    pub(crate) fn portfolios(&self) -> &portfolio::PortfolioCache {
        &self.portfolios
    }

    /// The user of that id with their rights at the moment, unless disabled or archived. Every request asks for its caller,
    /// so they are kept as long as nothing changes.
    pub(crate) fn present_actor(&self, tx: &mut Tx<'_>, user: Id) -> Result<Option<Actor>, AppError> {
        Ok((*self.actors.0.get(tx, user, |tx| Actor::load(tx, user))?).clone())
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
        mut command: impl FnMut(&mut Work<'_, '_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut hashes = Hashes::new();
        loop {
            let mut events = Vec::new();
            let result = self.database.write(|tx| {
                let mut work = Work::new(self, tx, actor, &hashes);
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
                    let hash = accounts::passphrase_hash(self, &given.0)?;
                    hashes.insert(given, hash);
                }
                other => return other,
            }
        }
    }

    /// Brings the database to the schema of this program and puts in what every installation starts with.
    pub fn prepare(&self) -> Result<(), AppError> {
        let steps = obcms_store::migrations::migrate(&self.database, self.now())?;
        self.seal_secrets()?;
        seeds::plant(self)?;
        if steps > 0 {
            self.database.analyze()?;
        }
        Ok(())
    }

    /// Runs an action on the database that is neither command nor query, as a check.
    pub fn store<T>(&self, action: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, AppError> {
        Ok(action(&self.database)?)
    }
}
