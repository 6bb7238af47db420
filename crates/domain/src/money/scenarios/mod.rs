//! Budget scenarios: an envelope distributed over candidate PPAs under ceilings.

mod allocations;
mod distribution;

pub use allocations::{
    Allocation, MOST_ALLOCATIONS, read_allocations, read_shares, write_allocations, write_shares,
};
pub use distribution::{Distribution, distribute};

use crate::core::id::Id;

/// PPA that a scenario may give money to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The PPA.
    pub id: Id,
    /// Amount that it asks for, in centavos.
    pub ask: i64,
    /// Highest priority score of its needs, from 0 to 100; 0 without needs.
    pub score: i64,
    /// Sector, or empty.
    pub sector: String,
    /// Funding source, or empty.
    pub source: String,
    /// Region.
    pub region: Option<Id>,
}

/// Room under a hard ceiling. Empty parts mean all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Sector, or empty.
    pub sector: String,
    /// Funding source, or empty.
    pub source: String,
    /// Amount that candidates may take together, in centavos.
    pub amount: i64,
}

impl Room {
    /// Returns true if the ceiling concerns the candidate.
    #[must_use]
    pub fn concerns(&self, candidate: &Candidate) -> bool {
        super::covers((&self.sector, &self.source), &candidate.sector, &candidate.source)
    }
}

/// Rule of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The highest score first, each in full.
    Priority,
    /// The same for each region, within a region in proportion to the asks.
    Equity,
    /// Score and equity, mixed by weights.
    Weighted,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Priority, Self::Equity, Self::Weighted];

    /// Value in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Equity => "equity",
            Self::Weighted => "weighted",
        }
    }

    /// Returns the rule called `text`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// Weights of the mixed rule, from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Weight of the priority score.
    pub score: i64,
    /// Weight of equity by region.
    pub equity: i64,
}

/// Group of PPAs with a minimum share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    /// PPAs of a sector.
    Sector(String),
    /// PPAs of a region.
    Region(Id),
}

impl Share {
    /// Returns true if the candidate belongs to the group.
    #[must_use]
    pub fn has(&self, candidate: &Candidate) -> bool {
        match self {
            Self::Sector(sector) => *sector == candidate.sector,
            Self::Region(region) => candidate.region == Some(*region),
        }
    }
}

/// Minimum share of a group in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// The group.
    pub share: Share,
    /// Percent of the envelope, from 1 to 100.
    pub percent: i64,
}

impl Minimum {
    /// Returns the amount of the minimum, rounded up to the centavo.
    #[must_use]
    pub fn amount(&self, envelope: i64) -> i64 {
        let amount = (i128::from(envelope) * i128::from(self.percent) + 99) / 100;
        i64::try_from(amount).unwrap_or(i64::MAX)
    }
}

/// Minimum share that was not reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Position among the minimum shares.
    pub place: usize,
    /// Amount of the minimum, in centavos.
    pub wanted: i64,
    /// Amount that the group has, in centavos.
    pub given: i64,
    /// Amount that the candidates of the group ask for, in centavos.
    pub asked: i64,
}

/// Returns the minimum shares that amounts, one for each candidate, do not reach.
#[must_use]
pub fn shortfalls(
    candidates: &[Candidate],
    amounts: &[i64],
    minimums: &[Minimum],
    envelope: i64,
) -> Vec<Shortfall> {
    let all = minimums.iter().enumerate().map(|(place, minimum)| {
        let members = candidates.iter().zip(amounts).filter(|(candidate, _)| minimum.share.has(candidate));
        let (given, asked) = members.fold((0_i64, 0_i64), |(given, asked), (candidate, amount)| {
            (given.saturating_add(*amount), asked.saturating_add(candidate.ask))
        });
        Shortfall { place, wanted: minimum.amount(envelope), given, asked }
    });
    all.filter(|shortfall| shortfall.given < shortfall.wanted).collect()
}
