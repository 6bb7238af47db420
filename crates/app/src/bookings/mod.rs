//! Bookings: nobody gets what is taken, from whatever path.
//!
//! Every write of a booking passes `guard` among its effects: the resource is held, what is taken is
//! looked at, and the times of the booking are written beside it, where the database refuses a second exclusive one
//! once more. Creating, moving, deciding, restoring and undoing are therefore one path.

mod availability;
mod conflict_response;
pub(crate) mod conflicts;
mod decisions;
mod of_record;
mod preview;
pub(crate) mod rules;
mod utilization;

pub use availability::{Availability, Booked};
pub use conflict_response::shown_instant;
pub use decisions::{Decided, Decision, Verdict, decide};
pub use preview::{Preview, PreviewedDate};
pub use utilization::{Utilisation, sees_utilisation, utilisation_file};
