//! Step budgets: of one query, and of many together.

use std::cell::Cell;

use crate::error::ExpandError;

/// Default number of steps of one query.
pub(crate) const STEPS_OF_A_QUERY: u64 = 300_000;

/// Counter of the remaining steps. A step is a handful of machine operations: one look at a year, a period or an
/// instance.
pub(crate) struct Budget {
    left: Cell<u64>,
}

impl Budget {
    pub(crate) fn new(steps: u64) -> Budget {
        Budget { left: Cell::new(steps) }
    }

    pub(crate) fn spend(&self, steps: u64) -> Result<(), ExpandError> {
        let left = self.left.get().checked_sub(steps).ok_or(ExpandError::TooMuchWork)?;
        self.left.set(left);
        Ok(())
    }
}

/// Steps that several queries share, such as those about all series of one file.
///
/// Each query has at most the default steps of [`Limits`](crate::Limits). One that needs more, or finds the allowance
/// spent, fails with [`ExpandError::TooMuchWork`].
#[derive(Debug)]
pub struct Allowance {
    left: Cell<u64>,
}

impl Default for Allowance {
    /// Returns the allowance of a single query.
    fn default() -> Allowance {
        Allowance::new(STEPS_OF_A_QUERY)
    }
}

impl Allowance {
    /// Returns an allowance of that many steps.
    #[must_use]
    pub fn new(steps: u64) -> Allowance {
        Allowance { left: Cell::new(steps) }
    }

    /// Returns true if nothing is left: then a query failed, or the next one will.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Number of steps left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left.get()
    }

    /// Runs a query and takes its steps. A refused query takes all that it could have spent.
    pub(crate) fn query<T>(
        &self,
        run: impl FnOnce(&Budget) -> Result<T, ExpandError>,
    ) -> Result<T, ExpandError> {
        let given = self.left.get().min(STEPS_OF_A_QUERY);
        let budget = Budget::new(given);
        let answer = run(&budget);
        let spent = match answer {
            Err(ExpandError::TooMuchWork) => given,
            _ => given - budget.left.get(),
        };
        self.left.set(self.left.get() - spent);
        answer
    }
}
