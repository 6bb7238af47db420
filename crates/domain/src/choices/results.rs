//! Results: indicators, measurements, updates.

use super::{Choice, choice};

/// Levels of an indicator in the chain of results.
pub const INDICATOR_KINDS: &[Choice] =
    &[choice("output", "Output"), choice("outcome", "Outcome"), choice("impact", "Impact")];

/// Ways to combine the measurements within the period of a target.
pub const COMBINATIONS: &[Choice] =
    &[choice("latest", "Latest value"), choice("sum", "Sum"), choice("average", "Average")];

/// States of a measurement.
pub const MEASUREMENT_STATUSES: &[Choice] =
    &[choice("reported", "Reported"), choice("approved", "Approved"), choice("returned", "Returned")];

/// Decisions on a measurement.
pub const MEASUREMENT_DECISIONS: &[Choice] =
    &[choice("approve", "Approve"), choice("return", "Return"), choice("reopen", "Reopen")];

/// Criteria by which a measurement is broken down.
pub const DISAGGREGATIONS: &[Choice] =
    &[choice("sex", "Sex"), choice("age_group", "Age group"), choice("place", "Place")];

/// Types of an update on a PPA.
pub const UPDATE_TYPES: &[Choice] = &[
    choice("status", "Status"),
    choice("progress", "Progress"),
    choice("milestone", "Milestone"),
    choice("communication", "Communication"),
    choice("note", "Note"),
];
