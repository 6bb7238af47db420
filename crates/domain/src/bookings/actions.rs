//! Bodies of the actions on bookings.

use crate::choices::BOOKING_DECISIONS;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::Text;

/// Decision on a booking.
pub const DECISION: Member<Text> = Member::choice("decision", "Decision", BOOKING_DECISIONS).required();
/// Reason for the decision.
pub const DECISION_NOTE: Member<Text> =
    Member::multiline("note", "Note", 2000).help("Reason; required to reject");

/// `POST /bookings/ID/decision`.
pub const DECIDE: ActionBody = ActionBody::new(&[DECISION.field(), DECISION_NOTE.field()]);
