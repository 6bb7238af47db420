//! Effect of a budget on the ceilings of its year.

use obcms_domain::core::id::Id;
use obcms_domain::core::money;
use obcms_domain::kinds::ppa;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Ceiling};
use serde_json::{Value as Json, json};

use crate::core::AppError;

/// A ceiling with its use by all other PPAs and by the one under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Identity of the ceiling.
    pub ceiling: Id,
    /// Title of the ceiling.
    pub title: String,
    /// Amount of the ceiling, in centavos.
    pub amount: i64,
    /// Taken by other PPAs.
    pub committed: i64,
    /// Asked for by this one.
    pub requested: i64,
    /// The ceiling refuses what exceeds it.
    pub is_hard: bool,
}

impl Effect {
    /// Returns the amount above the ceiling; zero or less when the budget fits.
    #[must_use]
    pub const fn excess(&self) -> i64 {
        self.committed.saturating_add(self.requested).saturating_sub(self.amount)
    }

    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "id": self.ceiling, "title": self.title, "amount_centavos": self.amount,
            "committed_centavos": self.committed, "requested_centavos": self.requested,
            "remaining_centavos": -self.excess(), "enforcement": if self.is_hard { "hard" } else { "soft" },
            "is_exceeded": self.excess() > 0,
        })
    }
}

/// Returns the effect of the budget of a PPA on the ceilings of its year.
pub fn effects(tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Effect>, AppError> {
    let Some(year) = ppa::FISCAL_YEAR.get(record) else {
        return Ok(Vec::new());
    };
    let found = store::ceilings(tx, year, ppa::SECTOR.get(record), ppa::FUNDING_SOURCE.get(record))?;
    of(tx, record, year, found)
}

/// Returns the same after locking the ceilings, so that of two budgets that fit alone but not together one is refused.
///
/// # Errors
///
/// A conflict that names the hard ceilings that the budget exceeds.
pub(super) fn require_room(tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Effect>, AppError> {
    let Some(year) = ppa::FISCAL_YEAR.get(record) else {
        return Ok(Vec::new());
    };
    let found = store::lock_ceilings(tx, year, ppa::SECTOR.get(record), ppa::FUNDING_SOURCE.get(record))?;
    let effects = of(tx, record, year, found)?;
    let exceeded: Vec<&Effect> =
        effects.iter().filter(|effect| effect.is_hard && effect.excess() > 0).collect();
    if exceeded.is_empty() {
        return Ok(effects);
    }
    let named: Vec<String> = exceeded
        .iter()
        .map(|effect| format!("{} by {}", effect.title, money::format(effect.excess())))
        .collect();
    Err(AppError::Conflict {
        detail: format!("The budget exceeds {}.", named.join(" and ")),
        more: vec![("ceilings", effects.iter().map(Effect::to_json).collect())],
    })
}

fn of(tx: &mut Tx<'_>, record: &Record, year: i64, found: Vec<Ceiling>) -> Result<Vec<Effect>, AppError> {
    let requested = ppa::BUDGET_ALLOCATION_CENTAVOS.get(record).unwrap_or_default();
    let mut effects = Vec::with_capacity(found.len());
    // A year has few ceilings that concern one sector and one source: four at most.
    for ceiling in found {
        let committed = store::committed(tx, year, &ceiling.sector, &ceiling.funding_source, record.id)?;
        effects.push(Effect {
            ceiling: ceiling.id,
            title: ceiling.title,
            amount: ceiling.amount,
            committed,
            requested,
            is_hard: ceiling.is_hard,
        });
    }
    Ok(effects)
}
