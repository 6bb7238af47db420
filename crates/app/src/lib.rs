//! Commands and queries of the program; every write happens here.
//!
//! Every command opens a [`UnitOfWork`] (one transaction), loads, asks the policy, applies the rules of the kind,
//! writes, records the change, runs the effects, commits and publishes. Rules are rows of one table (`rules.rs`),
//! effects are plain calls in `chain.rs`.
//!
//! Each folder is one subject. Folders import one another in one direction only: `core` imports none, `records`
//! imports `core`, and so on; docs/architecture.md has the order. The files of the root import all folders, and no
//! folder imports them.

pub mod accounts;
pub mod alerts;
pub mod approval;
pub mod attachments;
pub mod bookings;
pub mod calendar;
pub mod cancelling;
mod chain;
#[cfg(test)]
mod chain_page;
pub mod core;
pub mod exchange;
mod handlers;
pub mod holidays;
pub mod jobs;
mod maintenance;
pub mod money;
pub mod programme;
pub mod records;
pub mod reports;
pub mod results;
mod rules;
mod seeds;
pub mod tasks;

pub use self::core::{
    Actor, App, AppError, Clock, Entropy, FixedClock, Options, ShiftedClock, SystemClock, UnitOfWork,
    security,
};
pub use handlers::{HANDLERS, handler};
pub use obcms_pdf::{Fonts, Logo};

use std::sync::Arc;

use obcms_store::Database;

use self::core::Program;

/// Rules, effects and job handlers of all subjects.
static PROGRAM: Program = Program { rules: &rules::RULES, effects: &chain::EFFECTS, handlers: HANDLERS };

impl App {
    /// Assembles the program from its database, clock, randomness and options.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
        options: Options,
    ) -> Result<Self, AppError> {
        Self::assemble(database, clock, entropy, options, &PROGRAM)
    }

    /// Migrates the database to the schema of this program and inserts the seeds of every installation.
    pub fn prepare(&self) -> Result<(), AppError> {
        let steps = obcms_store::migrations::migrate(self.database(), self.now())?;
        self.seal_secrets()?;
        seeds::insert_seeds(self)?;
        if steps > 0 {
            self.database().analyze()?;
        }
        Ok(())
    }
}
