//! Who and what is wanted twice at the same time, and when all who are needed are free.

mod conflicts;
mod suggestions;

pub use conflicts::{Claim, Clash, Subject, clashes};
pub use suggestions::{Attendee, Busy, Place, Reason, Request, Suggestion, suggest};
