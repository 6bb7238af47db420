//! Stages of the budget cycle of a PPA.

use obcms_domain::core::id::Id;

use crate::database::Tx;
use crate::error::StoreError;

/// Returns the stages of a PPA, archived ones included.
pub fn of_ppa(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Id>, StoreError> {
    tx.query("SELECT id FROM budget_cycle_stages WHERE ppa = $1", &[ppa.into()])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// Returns the live record of a stage of a PPA.
pub fn live_stage(tx: &mut Tx<'_>, ppa: Id, stage: &str) -> Result<Option<Id>, StoreError> {
    let sql = "SELECT id FROM budget_cycle_stages WHERE ppa = $1 AND stage = $2 AND archived_at IS NULL";
    tx.first(sql, &[ppa.into(), stage.into()])?.map(|row| row.get(0)).transpose()
}
