//! Recorder of statements, for tests that inspect query plans.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::cell::SqlValue;

/// Statements with their parameters, in the order of execution.
pub type Statements = Vec<(String, Vec<SqlValue>)>;

/// Recorder of statements, inactive until a test starts it.
#[derive(Default)]
pub struct Recorder {
    is_on: AtomicBool,
    statements: Mutex<Statements>,
}

impl Recorder {
    /// Records a statement while the recorder is active.
    pub fn note(&self, sql: &str, parameters: &[SqlValue]) {
        if self.is_on.load(Ordering::Relaxed) {
            let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
            statements.push((sql.to_owned(), parameters.to_vec()));
        }
    }

    /// Starts recording.
    pub fn start(&self) {
        self.is_on.store(true, Ordering::Relaxed);
    }

    /// Stops recording and returns the statements since the start.
    pub fn stop(&self) -> Statements {
        self.is_on.store(false, Ordering::Relaxed);
        std::mem::take(&mut *self.statements.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
