//! Use of ceilings: what budgets take of them, what waits in budget review, and what remains.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ceiling};
use obcms_domain::money::covers;
use obcms_domain::registry::Record;
use obcms_store::approval::{self as store, Commitment};
use obcms_store::{Tx, records};
use serde_json::json;

use super::ceilings;
use crate::core::rules::Members;
use crate::core::{Actor, App, AppError};
use crate::records::references;

/// Amount of a ceiling with its use, in centavos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CeilingBalance {
    /// Amount of the ceiling.
    pub amount: i64,
    /// Taken by budgets in force and those past budget review.
    pub committed: i64,
    /// Asked for in budget review, beyond what the same PPAs take already.
    pub waiting: i64,
}

impl CeilingBalance {
    /// Returns the room left; below zero when the ceiling is exceeded.
    #[must_use]
    pub const fn remaining(&self) -> i64 {
        self.amount.saturating_sub(self.committed)
    }

    /// Returns the committed share as whole percent, rounded down so that 100 means all of it; nothing without an
    /// amount.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        let percent = (i128::from(self.committed) * 100).checked_div(i128::from(self.amount.max(0)))?;
        i64::try_from(percent).ok()
    }
}

/// Share of a PPA in a ceiling, in centavos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CeilingShare {
    /// The PPA.
    pub ppa: Id,
    /// Taken by its budget.
    pub committed: i64,
    /// Asked for in budget review beyond that.
    pub waiting: i64,
}

/// Page of the PPAs that take room under a ceiling.
#[derive(Clone, Debug)]
pub struct CeilingPage {
    /// Amount and use.
    pub balance: CeilingBalance,
    /// Shares of the page, the largest first, each with its PPA; nothing for one that the actor may not see.
    pub shares: Vec<(CeilingShare, Option<Record>)>,
    /// Number of all PPAs with a share.
    pub total: usize,
}

#[derive(Clone, Debug, Default)]
struct CeilingShares {
    balance: CeilingBalance,
    shares: Vec<CeilingShare>,
}

impl App {
    /// Returns amount and use of ceilings, in their order, with two queries in all.
    pub fn ceiling_balances(&self, ceilings: &[Record]) -> Result<Vec<CeilingBalance>, AppError> {
        self.read(|tx| balances(tx, ceilings))
    }

    /// Returns the use of a ceiling by PPAs, `limit` of them after the first `offset`.
    pub fn ceiling_page(
        &self,
        actor: &Actor,
        record: &Record,
        offset: usize,
        limit: usize,
    ) -> Result<CeilingPage, AppError> {
        self.read(|tx| {
            let CeilingShares { balance, shares } =
                uses(tx, std::slice::from_ref(record))?.pop().unwrap_or_default();
            let total = shares.len();
            let shown: Vec<CeilingShare> = shares.into_iter().skip(offset).take(limit).collect();
            let ids: Vec<Id> = shown.iter().map(|share| share.ppa).collect();
            let visible = references::visible(tx, actor, &ids)?;
            let mut ppas = records::load_many(tx, &PPA, &ids)?;
            ppas.retain(|ppa| visible.contains_key(&ppa.id));
            actor.conceal(&mut ppas);
            let mut ppas: HashMap<Id, Record> = ppas.into_iter().map(|ppa| (ppa.id, ppa)).collect();
            let shares = shown.into_iter().map(|share| (share, ppas.remove(&share.ppa))).collect();
            Ok(CeilingPage { balance, shares, total })
        })
    }

    /// Returns the other live ceilings of the year, sector and source of a live one, from before these were refused.
    pub fn ceiling_duplicates(&self, record: &Record) -> Result<Vec<Id>, AppError> {
        if record.is_archived() {
            return Ok(Vec::new());
        }
        self.read(|tx| Ok(ceilings::same_group(tx, record)?.iter().map(|one| one.id).collect()))
    }
}

/// Returns the figures of ceilings for their representation.
pub(crate) fn related_members(
    tx: &mut Tx<'_>,
    ceilings: &[Record],
    _: Date,
) -> Result<Vec<Members>, AppError> {
    let members = |balance: CeilingBalance| -> Members {
        vec![
            ("committed_centavos", json!(balance.committed)),
            ("waiting_centavos", json!(balance.waiting)),
            ("remaining_centavos", json!(balance.remaining())),
            ("committed_percent", json!(balance.percent())),
        ]
    };
    Ok(balances(tx, ceilings)?.into_iter().map(members).collect())
}

/// Returns amount and use of ceilings, in their order.
pub(crate) fn balances(tx: &mut Tx<'_>, ceilings: &[Record]) -> Result<Vec<CeilingBalance>, AppError> {
    Ok(uses(tx, ceilings)?.into_iter().map(|one| one.balance).collect())
}

fn uses(tx: &mut Tx<'_>, ceilings: &[Record]) -> Result<Vec<CeilingShares>, AppError> {
    let years: BTreeSet<i64> = ceilings.iter().filter_map(|one| ceiling::FISCAL_YEAR.get(one)).collect();
    let years: Vec<i64> = years.into_iter().collect();
    let commitments = store::commitments(tx, &years)?;
    let asked = store::asked_in_review(tx, &years)?;
    Ok(ceilings.iter().map(|record| use_of(record, &commitments, &asked)).collect())
}

fn use_of(record: &Record, commitments: &[(Id, Commitment)], asked: &[(Id, Commitment)]) -> CeilingShares {
    let year = ceiling::FISCAL_YEAR.get(record);
    let limit = (ceiling::SECTOR.get(record), ceiling::FUNDING_SOURCE.get(record));
    let counts =
        |one: &Commitment| one.fiscal_year == year && covers(limit, &one.sector, &one.funding_source);
    let taken = store::taken_by_ppa(commitments, counts);
    let asked = store::taken_by_ppa(asked, counts);
    let of = |amounts: &HashMap<Id, i64>, ppa: Id| amounts.get(&ppa).copied().unwrap_or_default();
    let all: BTreeSet<Id> = taken.keys().chain(asked.keys()).copied().collect();
    let mut shares: Vec<CeilingShare> = all
        .into_iter()
        .map(|ppa| {
            let committed = of(&taken, ppa);
            // A revision in review asks only for what its budget in force does not take.
            CeilingShare { ppa, committed, waiting: (of(&asked, ppa) - committed).max(0) }
        })
        .filter(|share| share.committed > 0 || share.waiting > 0)
        .collect();
    shares.sort_by_key(|share| (-share.committed.saturating_add(share.waiting), share.ppa));
    let sum = |part: fn(&CeilingShare) -> i64| shares.iter().map(part).fold(0, i64::saturating_add);
    let balance = CeilingBalance {
        amount: ceiling::AMOUNT_CENTAVOS.get(record).unwrap_or_default(),
        committed: sum(|share| share.committed),
        waiting: sum(|share| share.waiting),
    };
    CeilingShares { balance, shares }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_rounded_down() {
        let of = |amount, committed| CeilingBalance { amount, committed, waiting: 0 }.percent();
        assert_eq!(
            [of(300, 299), of(300, 301), of(0, 1), of(i64::MAX, i64::MAX)],
            [Some(99), Some(100), None, Some(100)]
        );
    }
}
