//! Step budget of one query.

use std::cell::Cell;

use crate::error::ExpandError;

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
