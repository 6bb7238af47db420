//! What can be wrong with a rule, and why an expansion is refused.

use thiserror::Error;

/// A rule that cannot be read. Names the part that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{part}: {problem}")]
pub struct RuleError {
    part: String,
    problem: String,
}

impl RuleError {
    pub(crate) fn new(part: &str, problem: impl Into<String>) -> RuleError {
        RuleError { part: part.to_owned(), problem: problem.into() }
    }

    /// The part of the rule, `BYMONTH`, or `RRULE` when it is the rule as a whole.
    pub fn part(&self) -> &str {
        &self.part
    }

    /// What is wrong with it, as the end of a sentence: "13 is not between 1 and 12".
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// A moment, or an addition to a set, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct MomentError(pub(crate) String);

/// Why a set is not expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpandError {
    /// The search for occurrences was given up after the allowed number of steps.
    #[error("the rule has too few or too many occurrences to calculate them")]
    TooMuchWork,
    /// More occurrences than [`Limits::occurrences`](crate::Limits) lie in the window.
    #[error("there are too many occurrences; use a shorter period")]
    TooManyOccurrences,
    /// A rule by the hour, minute or second for a start without a time of day.
    #[error("an hourly, minutely or secondly rule needs a start with a time of day")]
    NeedsTime,
}
