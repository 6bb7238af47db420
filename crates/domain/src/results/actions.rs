//! Bodies of the actions on results.

use crate::choices::MEASUREMENT_DECISIONS;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::Text;

/// Decision on a measurement.
pub const DECISION: Member<Text> = Member::choice("decision", "Decision", MEASUREMENT_DECISIONS).required();
/// Reason for the decision.
pub const NOTE: Member<Text> =
    Member::multiline("note", "Note", 2000).help("Reason; required to return and to reopen");

/// `POST /measurements/ID/decision`.
pub const DECIDE: ActionBody = ActionBody::new(&[DECISION.field(), NOTE.field()]);
