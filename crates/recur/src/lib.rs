//! Recurrence rules of RFC 5545.
//!
//! A [`Set`] is a start, a [`Rule`], additions and exclusions. It is asked which occurrences start in a window
//! ([`Set::between`]), whether something is an occurrence ([`Set::contains`]), where it ends ([`Set::last`]), and how
//! much of its `COUNT` is used up ([`Set::count_before`]).
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
//! Nothing here does I/O, keeps state or knows what time it is. Every question has an allowance of work ([`Limits`]);
//! a question that would cost more is refused with an [`ExpandError`]. What is chosen where the RFC leaves a choice, and
//! where other programs differ, is written in `README.md` beside this crate.

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

pub use error::{ExpandError, MomentError, RuleError};
pub use moment::{Addition, Moment};
pub use rule::{DayOfWeek, Frequency, Rule, Until, weekday_name, weekday_named};
pub use set::{Last, Limits, Occurrence, Set};
