//! Recurrence sets and rules (RFC 5545, 3.8.5).
//!
//! A [`Set`] has a start, a [`Rule`], additions and exclusions. Queries: the occurrences that start in a window
//! ([`Set::between`]), membership ([`Set::contains`]), the last occurrence ([`Set::last`]), and the instances that
//! `COUNT` has used up ([`Set::count_before`]).
//!
//! ```
//! use obcms_recur::{Moment, Set};
//!
//! let set = Set {
//!     start: "2027-01-25T09:00:00".parse()?,
//!     zone: jiff::tz::TimeZone::get("Asia/Manila")?,
//!     rule: Some("FREQ=MONTHLY;BYDAY=-1MO;COUNT=3".parse()?),
//!     additions: Vec::new(),
//!     exclusions: vec!["2027-02-22T09:00:00".parse()?],
//! };
//! let days: Vec<String> = set.between(None, None, 10)?.iter().map(|found| found.id.to_string()).collect();
//! assert_eq!(days, ["2027-01-25T09:00:00", "2027-03-29T09:00:00"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate has no I/O, no state and no clock. Every query has a step budget ([`Limits`]), which queries may share
//! ([`Allowance`]), and returns an [`ExpandError`] when it exceeds it. `README.md` beside this crate lists the choices where the RFC leaves one, and
//! the differences from other programs.

mod budget;
mod calendar;
mod clock;
mod days;
mod error;
mod exclusions;
mod instances;
mod moment;
mod rule;
mod set;
mod step;
mod stream;
mod times;

pub use budget::Allowance;
pub use error::{ExpandError, MomentError, RuleError};
pub use moment::{Addition, Moment};
pub use rule::{DayOfWeek, Frequency, Rule, Until, weekday_name, weekday_named};
pub use set::{Last, Limits, Occurrence, Set};
