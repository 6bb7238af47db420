//! Portfolio, projects, budget cycles, and the chain around a record.

pub mod budget_cycle;
pub mod portfolio;
pub mod project_board;
pub mod projects;
pub mod trace;

use crate::database::Tx;
use crate::error::StoreError;

/// PostgreSQL advisory lock of imports of PPA files.
const IMPORTS_LOCK: i64 = 7_064_316_290_000_004;

/// Waits for the end of another import of PPA files, so that both do not create the same PPAs.
pub fn lock_imports(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.advisory_lock(IMPORTS_LOCK).map(|_| ())
}
