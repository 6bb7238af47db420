//! Ledger of a PPA: allotments, obligations, disbursements, their limits and rates.

pub mod actions;

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

    /// Label of its sum.
    #[must_use]
    pub const fn total(self) -> &'static str {
        match self {
            Self::Allocation => "allotted",
            Self::Obligation => "obligated",
            Self::Disbursement => "disbursed",
        }
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

/// Invariant of the ledger that an entry would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// A sum would be negative.
    #[error("the {} amount would be below zero", .0.total())]
    Negative(Part),
    /// More would be allotted than is enacted.
    #[error("allotments must not exceed the enacted budget")]
    Enacted,
    /// More would be obligated than is allotted.
    #[error("obligations must not exceed allotments")]
    Allotted,
    /// More would be disbursed than is obligated.
    #[error("disbursements must not exceed obligations")]
    Obligated,
}

impl Limit {
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

    /// Returns the sums after another entry.
    ///
    /// # Errors
    ///
    /// The invariant 0 ≤ disbursed ≤ obligated ≤ allotted ≤ enacted that the entry would break.
    pub fn with(mut self, part: Part, amount: i64) -> Result<Self, Limit> {
        let sum = match part {
            Part::Allocation => &mut self.allotted,
            Part::Obligation => &mut self.obligated,
            Part::Disbursement => &mut self.disbursed,
        };
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
