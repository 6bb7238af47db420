//! Messages of the errors of recurrence rules. The problems of rules and moments are sentences of `recur`, in English.

use obcms_recur::{ExpandError, MomentError, RuleError};

use super::message::{Message, Word};
use crate::message;

impl From<RuleError> for Message {
    fn from(error: RuleError) -> Self {
        message!("{part}: {problem}.", part = Word::text(error.part()), problem = Word::text(error.problem()))
    }
}

impl From<MomentError> for Message {
    fn from(error: MomentError) -> Self {
        message!("{reason}.", reason = Word::text(super::text::capitalized(&error.to_string())))
    }
}

impl From<ExpandError> for Message {
    fn from(error: ExpandError) -> Self {
        Self::new(match error {
            ExpandError::TooMuchWork => "The rule has too few or too many occurrences to calculate them.",
            ExpandError::TooManyOccurrences => "There are too many occurrences; use a shorter period.",
            ExpandError::NeedsTime => {
                "An hourly, minutely or secondly rule needs a start with a time of day."
            }
            _ => "The occurrences of the rule cannot be calculated.",
        })
    }
}
