//! Ledger of a PPA: allotments, obligations, disbursements, their limits and rates; budget scenarios.

pub mod actions;
pub mod scenarios;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::core::message::Message;

/// Kind of money that a ledger entry moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Allotted to the PPA.
    Allocation,
    /// Committed by contract.
    Obligation,
    /// Paid.
    Disbursement,
}

impl Part {
    /// Every part, in the order in which money moves.
    pub const ALL: [Self; 3] = [Self::Allocation, Self::Obligation, Self::Disbursement];

    /// Value that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allocation => "allocation",
            Self::Obligation => "obligation",
            Self::Disbursement => "disbursement",
        }
    }

    /// Returns the part stored as `text`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == text)
    }
}

/// Sums of the ledger of a PPA, in centavos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Enacted budget; zero before the first enactment.
    pub enacted: i64,
    /// Sum of allotments and their adjustments.
    pub allotted: i64,
    /// Sum of obligations and their adjustments.
    pub obligated: i64,
    /// Sum of disbursements and their adjustments.
    pub disbursed: i64,
}

/// Figure that is calculated from the sums, with its one formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Label.
    pub label: &'static str,
    /// Name in the API.
    pub name: &'static str,
    /// The formula in words.
    pub text: &'static str,
}

/// Formulas of all figures of the ledger, the only ones of the program; `docs/money.md` has the same list.
pub const FORMULAS: [Formula; 5] = [
    Formula { label: "Obligation rate", name: "obligation_rate", text: "obligated / allotted" },
    Formula { label: "Disbursement rate", name: "disbursement_rate", text: "disbursed / obligated" },
    Formula { label: "Utilization", name: "utilization", text: "disbursed / enacted budget" },
    Formula { label: "Balance", name: "balance_centavos", text: "allotted − obligated" },
    Formula { label: "Variance", name: "variance_centavos", text: "allotted − enacted budget" },
];

/// Sums of the entries dated within one fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearTotals {
    /// Fiscal year, by the date of the entries.
    pub year: i64,
    /// Sums; the enacted budget is that of the whole PPA and not among them.
    pub totals: Totals,
}

/// Adds entries up by fiscal year: date, part and amount of each. Years come in order.
#[must_use]
pub fn by_year(entries: &[(Date, Part, i64)]) -> Vec<YearTotals> {
    let mut years: BTreeMap<i64, Totals> = BTreeMap::new();
    for (date, part, amount) in entries {
        let totals = years.entry(i64::from(date.year())).or_default();
        let sum = totals.sum_mut(*part);
        *sum = sum.saturating_add(*amount);
    }
    years.into_iter().map(|(year, totals)| YearTotals { year, totals }).collect()
}

/// Invariant of the ledger that an entry would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A sum would be negative.
    Negative(Part),
    /// More would be allotted than is enacted.
    Enacted,
    /// More would be obligated than is allotted.
    Allotted,
    /// More would be disbursed than is obligated.
    Obligated,
}

impl Limit {
    /// Returns the rule that would be broken.
    #[must_use]
    pub const fn message(self) -> Message {
        Message::new(match self {
            Self::Negative(Part::Allocation) => "The allotted amount would be below zero.",
            Self::Negative(Part::Obligation) => "The obligated amount would be below zero.",
            Self::Negative(Part::Disbursement) => "The disbursed amount would be below zero.",
            Self::Enacted => "Allotments must not exceed the enacted budget.",
            Self::Allotted => "Obligations must not exceed allotments.",
            Self::Obligated => "Disbursements must not exceed obligations.",
        })
    }

    /// Name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negative(_) => "negative",
            Self::Enacted => "enacted",
            Self::Allotted => "allotted",
            Self::Obligated => "obligated",
        }
    }
}

impl Totals {
    /// Returns the sum of a part.
    #[must_use]
    pub const fn of(&self, part: Part) -> i64 {
        match part {
            Part::Allocation => self.allotted,
            Part::Obligation => self.obligated,
            Part::Disbursement => self.disbursed,
        }
    }

    /// Returns the sum of a part, to be set.
    pub const fn sum_mut(&mut self, part: Part) -> &mut i64 {
        match part {
            Part::Allocation => &mut self.allotted,
            Part::Obligation => &mut self.obligated,
            Part::Disbursement => &mut self.disbursed,
        }
    }

    /// Returns the sums after another entry.
    ///
    /// # Errors
    ///
    /// The invariant 0 ≤ disbursed ≤ obligated ≤ allotted ≤ enacted that the entry would break.
    pub fn with(mut self, part: Part, amount: i64) -> Result<Self, Limit> {
        let sum = self.sum_mut(part);
        *sum = sum.saturating_add(amount);
        self.check(part).map(|()| self)
    }

    /// Checks the invariants; `part` is the one that changed, which a violation below zero names.
    ///
    /// # Errors
    ///
    /// The first invariant that does not hold.
    pub fn check(&self, part: Part) -> Result<(), Limit> {
        if self.of(part) < 0 {
            return Err(Limit::Negative(part));
        }
        if self.allotted > self.enacted {
            return Err(Limit::Enacted);
        }
        if self.obligated > self.allotted {
            return Err(Limit::Allotted);
        }
        if self.disbursed > self.obligated { Err(Limit::Obligated) } else { Ok(()) }
    }

    /// Allotted money that is not obligated: allotted − obligated.
    #[must_use]
    pub const fn balance(&self) -> i64 {
        self.allotted - self.obligated
    }

    /// Allotted − enacted budget.
    #[must_use]
    pub const fn variance(&self) -> i64 {
        self.allotted - self.enacted
    }

    /// Obligated / allotted; nothing for a zero denominator.
    #[must_use]
    pub fn obligation_rate(&self) -> Option<f64> {
        rate(self.obligated, self.allotted)
    }

    /// Disbursed / obligated; nothing for a zero denominator.
    #[must_use]
    pub fn disbursement_rate(&self) -> Option<f64> {
        rate(self.disbursed, self.obligated)
    }

    /// Disbursed / enacted budget; nothing for a zero denominator.
    #[must_use]
    pub fn utilization(&self) -> Option<f64> {
        rate(self.disbursed, self.enacted)
    }
}

/// Returns true if a limit for a sector and a funding source concerns another pair of them; empty parts of the limit mean
/// all.
#[must_use]
pub fn covers(limit: (&str, &str), sector: &str, source: &str) -> bool {
    (limit.0.is_empty() || limit.0 == sector) && (limit.1.is_empty() || limit.1 == source)
}

/// Share as a fraction, rounded to four decimals.
fn rate(part: i64, whole: i64) -> Option<f64> {
    // Amounts are far below 2^53 centavos.
    #[allow(clippy::cast_precision_loss)]
    (whole != 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENACTED: Totals = Totals { enacted: 1_000, allotted: 0, obligated: 0, disbursed: 0 };

    #[test]
    fn money_moves_from_allotment_to_disbursement() {
        let allotted = ENACTED.with(Part::Allocation, 800).unwrap();
        let obligated = allotted.with(Part::Obligation, 500).unwrap();
        let totals = obligated.with(Part::Disbursement, 250).unwrap();
        assert_eq!((totals.balance(), totals.variance()), (300, -200));
        assert_eq!(totals.obligation_rate(), Some(0.625));
        assert_eq!(totals.disbursement_rate(), Some(0.5));
        assert_eq!(totals.utilization(), Some(0.25));
        assert_eq!(Totals::default().utilization(), None);
    }

    #[test]
    fn each_limit_refuses_what_exceeds_it() {
        assert_eq!(ENACTED.with(Part::Allocation, 1_001), Err(Limit::Enacted));
        assert_eq!(ENACTED.with(Part::Obligation, 1), Err(Limit::Allotted));
        assert_eq!(ENACTED.with(Part::Disbursement, 1), Err(Limit::Obligated));
        assert_eq!(ENACTED.with(Part::Disbursement, -1), Err(Limit::Negative(Part::Disbursement)));
        let obligated = Totals { allotted: 800, obligated: 500, ..ENACTED };
        assert_eq!(obligated.with(Part::Allocation, -301), Err(Limit::Allotted));
        assert!(obligated.with(Part::Allocation, -300).is_ok());
    }

    /// Applies entries in order and returns the sums.
    fn after(entries: &[(Part, i64)]) -> Totals {
        entries.iter().fold(ENACTED, |totals, (part, amount)| totals.with(*part, *amount).unwrap())
    }

    #[test]
    fn golden_rates_balance_and_variance() {
        use Part::{Allocation as A, Disbursement as D, Obligation as O};
        type Golden<'a> = (&'a str, &'a [(Part, i64)], [Option<f64>; 3], i64, i64);
        let goldens: &[Golden<'_>] = &[
            ("no entries: zero denominators give nothing", &[], [None, None, Some(0.0)], 0, -1_000),
            ("allotted only", &[(A, 400)], [Some(0.0), None, Some(0.0)], 400, -600),
            (
                "several entries of each part",
                &[(A, 300), (A, 300), (O, 150), (O, 50), (D, 60), (D, 40)],
                [Some(0.3333), Some(0.5), Some(0.1)],
                400,
                -400,
            ),
            (
                "adjustments count with the part that they adjust",
                &[(A, 800), (O, 500), (D, 250), (O, -100), (A, 50), (D, -10)],
                [Some(0.4706), Some(0.6), Some(0.24)],
                450,
                -150,
            ),
            (
                "a reversal takes its entry away",
                &[(A, 800), (O, 500), (D, 250), (D, -250), (O, -500)],
                [Some(0.0), None, Some(0.0)],
                800,
                -200,
            ),
            ("all of it", &[(A, 1_000), (O, 1_000), (D, 1_000)], [Some(1.0), Some(1.0), Some(1.0)], 0, 0),
            (
                "two thirds round up",
                &[(A, 3), (O, 2), (D, 1)],
                [Some(0.6667), Some(0.5), Some(0.001)],
                1,
                -997,
            ),
        ];
        for (name, entries, [obligation, disbursement, utilization], balance, variance) in goldens {
            let totals = after(entries);
            assert_eq!(totals.obligation_rate(), *obligation, "{name}");
            assert_eq!(totals.disbursement_rate(), *disbursement, "{name}");
            assert_eq!(totals.utilization(), *utilization, "{name}");
            assert_eq!((totals.balance(), totals.variance()), (*balance, *variance), "{name}");
        }
    }

    #[test]
    fn years_end_on_the_last_day_of_december() {
        use Part::{Allocation as A, Disbursement as D, Obligation as O};
        let day = |text: &str| text.parse::<Date>().unwrap();
        let entries = [
            (day("2026-12-31"), A, 600),
            (day("2027-01-01"), O, 500),
            (day("2026-12-31"), O, 100),
            (day("2027-12-31"), D, 70),
            // A reversal belongs to the year in which it is entered.
            (day("2027-01-02"), O, -100),
            (day("2028-01-01"), D, 30),
        ];
        let found: Vec<(i64, i64, i64, i64)> = by_year(&entries)
            .into_iter()
            .map(|YearTotals { year, totals }| (year, totals.allotted, totals.obligated, totals.disbursed))
            .collect();
        assert_eq!(found, [(2026, 600, 100, 0), (2027, 0, 400, 70), (2028, 0, 0, 30)]);
    }

    #[test]
    fn document_has_every_formula() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/money.md");
        let document = std::fs::read_to_string(path).unwrap();
        for formula in FORMULAS {
            let row = format!("| {} | `{}` | {} |", formula.label, formula.name, formula.text);
            assert!(document.contains(&row), "docs/money.md has no row {row}");
        }
    }

    proptest! {
        #[test]
        fn accepted_entries_keep_the_invariants(entries in prop::collection::vec((0_usize..3, -500_i64..500), 0..60)) {
            let mut totals = ENACTED;
            for (part, amount) in entries {
                totals = totals.with(Part::ALL[part], amount).unwrap_or(totals);
                prop_assert!(0 <= totals.disbursed && totals.disbursed <= totals.obligated);
                prop_assert!(totals.obligated <= totals.allotted && totals.allotted <= totals.enacted);
            }
        }
    }
}
