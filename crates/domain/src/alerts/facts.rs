//! Facts that the rules of alerts read, narrow and about one record each.

use jiff::civil::Date;

use crate::core::id::Id;
use crate::money::Totals;
use crate::results::{Period, Target};

/// Facts about a subject.
#[derive(Clone, Debug)]
pub enum Facts {
    /// About a need.
    Need(NeedFacts),
    /// About a PPA.
    Ppa(PpaFacts),
    /// About a project.
    Project(ProjectFacts),
    /// About a policy.
    Policy(PolicyFacts),
    /// About a milestone of a policy.
    PolicyMilestone(PolicyMilestoneFacts),
    /// About a ceiling.
    Ceiling(CeilingFacts),
}

impl Facts {
    /// Returns kind, id and title of the subject.
    #[must_use]
    pub fn subject(&self) -> (&'static str, Id, &str) {
        match self {
            Self::Need(facts) => ("need", facts.id, &facts.title),
            Self::Ppa(facts) => ("ppa", facts.id, &facts.title),
            Self::Project(facts) => ("project", facts.id, &facts.title),
            Self::Policy(facts) => ("policy", facts.id, &facts.title),
            Self::PolicyMilestone(facts) => ("policy_milestone", facts.id, &facts.title),
            Self::Ceiling(facts) => ("ceiling", facts.id, &facts.title),
        }
    }
}

/// A need.
#[derive(Clone, Debug, Default)]
pub struct NeedFacts {
    /// The need.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Status.
    pub status: String,
    /// Priority score.
    pub score: i64,
    /// True if a PPA that is not cancelled answers it.
    pub is_answered: bool,
}

/// A PPA.
#[derive(Clone, Debug, Default)]
pub struct PpaFacts {
    /// The PPA.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Status.
    pub status: String,
    /// Stage of the budget approval.
    pub approval_stage: String,
    /// Day since which the stage lasts, while it waits for a decision.
    pub in_stage_since: Option<Date>,
    /// Fiscal year.
    pub fiscal_year: Option<i64>,
    /// First day.
    pub start_date: Option<Date>,
    /// Planned last day.
    pub target_end_date: Option<Date>,
    /// Budget in force.
    pub enacted: Option<i64>,
    /// Sums of the ledger.
    pub sums: Totals,
    /// Obligated more than [`super::DISBURSEMENT_DAYS`] ago.
    pub obligated_before: i64,
    /// Obligated more than [`super::LONG_DISBURSEMENT_DAYS`] ago.
    pub obligated_long_before: i64,
    /// Dates and titles of milestones that are neither completed, cancelled nor on hold.
    pub milestones: Vec<(Date, String)>,
    /// Periods whose measurement is missing, each with the number of indicators.
    pub missing_reports: Vec<(Period, usize)>,
}

/// A project.
#[derive(Clone, Debug, Default)]
pub struct ProjectFacts {
    /// The project.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Stage.
    pub stage: String,
    /// True once it is completed.
    pub is_completed: bool,
    /// Target date.
    pub target_date: Option<Date>,
    /// True if it is blocked.
    pub is_blocked: bool,
    /// Reason of the block.
    pub blocker: String,
    /// Status and target end of its PPA.
    pub ppa: Option<(String, Option<Date>)>,
}

/// A policy.
#[derive(Clone, Debug, Default)]
pub struct PolicyFacts {
    /// The policy.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Status.
    pub status: String,
    /// End of the review.
    pub review_deadline: Option<Date>,
    /// Start of the implementation.
    pub implementation_start: Option<Date>,
    /// End of the implementation.
    pub implementation_deadline: Option<Date>,
}

/// A milestone of a policy.
#[derive(Clone, Debug, Default)]
pub struct PolicyMilestoneFacts {
    /// The milestone.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Status.
    pub status: String,
    /// Target date.
    pub target_date: Option<Date>,
}

/// A ceiling.
#[derive(Clone, Debug, Default)]
pub struct CeilingFacts {
    /// The ceiling.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Fiscal year.
    pub fiscal_year: i64,
    /// Amount in centavos.
    pub amount: i64,
    /// Committed in centavos.
    pub committed: i64,
}

/// Returns the period whose measurement is missing: the last one with a target that ended before `until`, unless a
/// period within it is measured.
#[must_use]
pub fn missing_reports(targets: &[Target], measured: &[Period], until: Date) -> Option<Period> {
    let due = targets.iter().map(|target| target.period).filter(|period| period.last() < until);
    let last = due.max_by_key(|period| (period.last(), period.first()))?;
    (!measured.iter().any(|period| last.contains(*period))).then_some(last)
}
