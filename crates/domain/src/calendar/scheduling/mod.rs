//! Scheduling: conflicts of people and venues, and suggestions of free times.

mod conflicts;
mod start;
mod suggestions;

pub use conflicts::{Claim, Clash, Subject, clashes};
pub use start::usual_start;
pub use suggestions::{Attendee, Busy, Place, Reason, Request, Suggestion, suggest};
