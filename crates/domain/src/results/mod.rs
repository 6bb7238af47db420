//! Results of PPAs: periods, targets, and what measurements achieve of them.

mod achievement;
pub mod actions;
mod disaggregation;
mod period;
mod target;

pub use achievement::{Achievement, Combination, Measured, achievement};
pub use disaggregation::check_disaggregation;
pub use period::Period;
pub use target::{LARGEST, Target, check_targets, current, hundredths, targets};
