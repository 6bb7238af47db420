//! Commands and queries: the one place where a write happens.
//!
//! Every command is: open a [`UnitOfWork`] (one transaction) -> load -> ask the policy -> apply the rules of the kind -> write
//! -> record the change -> effects -> commit -> publish. Rules are rows of one table (`rules.rs`), effects are plain
//! calls in `chain.rs`.
//!
//! Folders are subjects, and import one another in one direction: `core` knows none, `records` knows `core`, and so on;
//! docs/architecture.md has the order. The files of the root know all folders, and no folder imports them.

pub mod accounts;
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
pub mod programme;
pub mod records;
mod rules;
mod seeds;
pub mod tasks;

pub use self::core::{
    Actor, App, AppError, Clock, Entropy, FixedClock, Options, SystemClock, UnitOfWork, security,
};
pub use handlers::{HANDLERS, handler};

use std::sync::Arc;

use obcms_store::Database;

use self::core::Program;

/// Rules, effects and jobs of the subjects.
static PROGRAM: Program = Program { rules: &rules::RULES, effects: &chain::EFFECTS, handlers: HANDLERS };

impl App {
    /// Puts the program together.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
        options: Options,
    ) -> Result<Self, AppError> {
        Self::assemble(database, clock, entropy, options, &PROGRAM)
    }

    /// Brings the database to the schema of this program and puts in what every installation starts with.
    pub fn prepare(&self) -> Result<(), AppError> {
        let steps = obcms_store::migrations::migrate(self.database(), self.now())?;
        self.seal_secrets()?;
        seeds::plant(self)?;
        if steps > 0 {
            self.database().analyze()?;
        }
        Ok(())
    }
}
