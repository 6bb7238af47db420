//! Effect of a budget on the ceilings of its year.

use std::collections::{BTreeSet, HashMap};

use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Word};
use obcms_domain::core::money;
use obcms_domain::kinds::{ceiling, ppa};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::approval::{self as store, Ceiling, Commitment};
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
    Ok(effects_of(tx, &[record])?.remove(&record.id).unwrap_or_default())
}

/// Returns the effects of the budgets of several PPAs on the ceilings of their years, with two queries in all.
pub fn effects_of(tx: &mut Tx<'_>, records: &[&Record]) -> Result<HashMap<Id, Vec<Effect>>, AppError> {
    let years: BTreeSet<i64> = records.iter().filter_map(|record| ppa::FISCAL_YEAR.get(record)).collect();
    let years: Vec<i64> = years.into_iter().collect();
    let ceilings = store::ceilings_of_years(tx, &years)?;
    if ceilings.is_empty() {
        return Ok(HashMap::new());
    }
    let commitments = store::commitments(tx, &years)?;
    let used: Vec<(&Ceiling, Use)> =
        ceilings.iter().map(|ceiling| (ceiling, Use::of(ceiling, &commitments))).collect();
    let concerns = |ceiling: &Ceiling, record: &Record| {
        let (sector, source) = (ppa::SECTOR.get(record), ppa::FUNDING_SOURCE.get(record));
        ceiling.concerns(ppa::FISCAL_YEAR.get(record), sector, source)
    };
    let effects = records.iter().map(|record| {
        let found = used.iter().filter(|(ceiling, _)| concerns(ceiling, record));
        let effects = found.map(|(ceiling, used)| effect(record, ceiling, used.without(record.id))).collect();
        (record.id, effects)
    });
    Ok(effects.collect())
}

/// Use of a ceiling by all PPAs; each counts once, by the larger of its parts.
struct Use {
    by_ppa: HashMap<Id, i64>,
    total: i64,
}

impl Use {
    fn of(ceiling: &Ceiling, commitments: &[(Id, Commitment)]) -> Self {
        let by_ppa = store::taken_by_ppa(commitments, |commitment| {
            ceiling.concerns(commitment.fiscal_year, &commitment.sector, &commitment.funding_source)
        });
        let total = by_ppa.values().fold(0_i64, |sum, amount| sum.saturating_add(*amount));
        Self { by_ppa, total }
    }

    fn without(&self, ppa: Id) -> i64 {
        self.total.saturating_sub(self.by_ppa.get(&ppa).copied().unwrap_or_default())
    }
}

fn effect(record: &Record, ceiling: &Ceiling, committed: i64) -> Effect {
    Effect {
        ceiling: ceiling.id,
        title: ceiling.title.clone(),
        amount: ceiling.amount,
        committed,
        requested: ppa::BUDGET_ALLOCATION_CENTAVOS.get(record).unwrap_or_default(),
        is_hard: ceiling.is_hard,
    }
}

/// Returns the other live ceilings of the same year, sector and source, ordered by id.
pub(super) fn same_group(tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Ceiling>, AppError> {
    let year = ceiling::FISCAL_YEAR.get(record).unwrap_or_default();
    let (sector, source) = (ceiling::SECTOR.get(record), ceiling::FUNDING_SOURCE.get(record));
    let mut others = store::ceilings(tx, year, sector, source)?;
    others.retain(|other| other.id != record.id && other.sector == sector && other.funding_source == source);
    Ok(others)
}

/// Returns the effects after locking the ceilings, so that of two budgets that fit alone but not together one is refused.
///
/// # Errors
///
/// A conflict that names the hard ceilings that the budget exceeds.
pub(super) fn require_room(tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Effect>, AppError> {
    let Some(year) = ppa::FISCAL_YEAR.get(record) else {
        return Ok(Vec::new());
    };
    store::lock_ceilings(tx, year, ppa::SECTOR.get(record), ppa::FUNDING_SOURCE.get(record))?;
    let effects = effects(tx, record)?;
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
        detail: message!("The budget exceeds {named}.", named = Word::texts(Joining::And, named)),
        more: vec![("ceilings", effects.iter().map(Effect::to_json).collect())],
    })
}
