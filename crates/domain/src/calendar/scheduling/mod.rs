//! Scheduling: conflicts of people and venues, and suggestions of free times.

mod conflicts;
mod suggestions;

pub use conflicts::{Claim, Clash, Subject, clashes};
pub use suggestions::{Attendee, Busy, Place, Reason, Request, Suggestion, suggest};
