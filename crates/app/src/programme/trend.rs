//! Trend of the ledgers by quarter.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::kinds::{PPA, TRANCHE};
use obcms_domain::money::{Part, Totals};
use obcms_domain::results::Period;
use obcms_store::Tx;
use obcms_store::programme::portfolio as store;

use super::portfolio::Filter;
use crate::core::cache::RevisionCache;
use crate::core::{Actor, App, AppError, Visibility};

/// Quarters of the trend, the present one included.
const QUARTERS: i32 = 8;

/// Sums of the entries dated in a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarterSums {
    /// Quarter.
    pub quarter: Period,
    /// Sums; the enacted budget is not among them.
    pub sums: Totals,
}

/// Cache of the trend by selection and day.
#[derive(Default)]
struct TrendCache(RevisionCache<(Filter, Date), Vec<QuarterSums>>);

impl App {
    /// Returns the sums of the last eight quarters over the PPAs of the selection that are not cancelled; nothing for who
    /// does not see all PPAs and their ledgers.
    pub fn trend(&self, actor: &Actor, filter: &Filter) -> Result<Arc<Vec<QuarterSums>>, AppError> {
        let sees_all =
            [&PPA, &TRANCHE].iter().all(|kind| matches!(actor.visibility(kind), Some(Visibility::All)));
        if !sees_all {
            return Ok(Arc::default());
        }
        let today = self.today();
        let key = (filter.clone(), today);
        self.read(|tx| self.cache::<TrendCache>().0.get(tx, key, |tx| read(tx, filter, today)))
    }
}

fn read(tx: &mut Tx<'_>, filter: &Filter, today: Date) -> Result<Vec<QuarterSums>, AppError> {
    let quarters = quarters(today);
    let (Some(first), Some(last)) = (quarters.first(), quarters.last()) else { return Ok(Vec::new()) };
    let until = last.last().tomorrow().unwrap_or(today);
    let days = store::by_day(tx, &filter.selection(), first.first(), until)?;
    Ok(quarters.into_iter().map(|quarter| QuarterSums { quarter, sums: within(quarter, &days) }).collect())
}

/// The last quarters up to the one with this day.
fn quarters(today: Date) -> Vec<Period> {
    (0..QUARTERS)
        .rev()
        .filter_map(|back| Period::quarter_of(today.saturating_sub((back * 3).months())))
        .collect()
}

fn within(quarter: Period, days: &[store::DaySum]) -> Totals {
    let mut sums = Totals::default();
    for (_, part, amount) in days.iter().filter(|(day, ..)| quarter.contains_day(*day)) {
        *sums.sum_mut(*part) += amount;
    }
    sums
}

impl Filter {
    /// Address of the ledger entries of a quarter for one of the sums.
    #[must_use]
    pub fn entries_of(&self, quarter: Period, part: Part) -> String {
        let (from, to) = (quarter.first().to_string(), quarter.last().to_string());
        self.entries_with(part, &[("date_from", &from), ("date_to", &to)])
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn eight_quarters_end_with_the_present_one() {
        let names: Vec<String> = quarters(date(2026, 12, 31)).iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), 8);
        assert_eq!((&*names[0], &*names[7]), ("2025-Q1", "2026-Q4"));
    }

    #[test]
    fn entries_count_in_their_quarter() {
        let days = [
            (date(2026, 3, 31), Part::Obligation, 5),
            (date(2026, 4, 1), Part::Obligation, 7),
            (date(2026, 4, 2), Part::Disbursement, 3),
            (date(2026, 6, 30), Part::Obligation, -2),
        ];
        let sums = within(Period::parse("2026-Q2").unwrap(), &days);
        assert_eq!((sums.obligated, sums.disbursed, sums.allotted), (5, 3, 0));
    }
}
