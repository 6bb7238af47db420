//! Bookings of resources without double booking.
//!
//! Every write of a booking passes `conflicts` among its effects: it locks the resource, checks the slots of other
//! bookings, and saves its own. The database refuses overlapping exclusive slots as well. Creating, moving, deciding,
//! restoring and undoing share this path.

mod availability;
mod candidates;
mod conflict_response;
pub(crate) mod conflicts;
mod decisions;
pub(crate) mod of_event;
mod of_record;
pub(crate) mod of_split;
pub(crate) mod of_task;
mod preview;
pub(crate) mod rules;
mod utilization;

pub use availability::{Availability, Booked};
pub use candidates::{Availability as CandidateAvailability, CANDIDATE_TYPES, Candidate};
pub use conflict_response::shown_instant;
pub use decisions::{Decided, Decision, Verdict, decide};
pub use preview::{Preview, PreviewedDate};
pub use utilization::{Utilization, sees_utilization, utilization_file, utilization_table};
