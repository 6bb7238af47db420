//! Errors of parsing and expansion.

use thiserror::Error;

/// Rule that cannot be parsed, with the name of the invalid part.
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

    /// Returns the name of the invalid part: `BYMONTH`, or `RRULE` for the rule as a whole.
    pub fn part(&self) -> &str {
        &self.part
    }

    /// Returns the problem as the end of a sentence: "13 is not between 1 and 12".
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// Moment or addition that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct MomentError(pub(crate) String);

/// Reason for refusing an expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpandError {
    /// The search for occurrences exceeded the step budget.
    #[error("the rule has too few or too many occurrences to calculate them")]
    TooMuchWork,
    /// The window has more occurrences than [`Limits::occurrences`](crate::Limits).
    #[error("there are too many occurrences; use a shorter period")]
    TooManyOccurrences,
    /// The rule has an hourly or shorter frequency, and the start has no time of day.
    #[error("an hourly, minutely or secondly rule needs a start with a time of day")]
    NeedsTime,
}
