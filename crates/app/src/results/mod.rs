//! Results of PPAs: indicators, measurements and their decisions, updates.

pub(crate) mod decisions;
pub(crate) mod framework;
pub(crate) mod rules;
pub(crate) mod updates;

pub use decisions::{MeasurementDecision, MeasurementVerdict, decide, is_reporter};
pub use framework::{IndicatorResult, indicator_json};
