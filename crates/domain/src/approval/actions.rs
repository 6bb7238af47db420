//! Body of the actions on the approval of a PPA.

use serde_json::{Value as Json, json};

use crate::choices::APPROVAL_ACTIONS;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Structure, Text};

/// Action on the approval.
pub const ACTION: Member<Text> = Member::choice("action", "Action", APPROVAL_ACTIONS).required();
/// Comment or reason.
pub const COMMENT: Member<Text> =
    Member::multiline("comment", "Comment", 4000).help("Required to reject, waive, reopen and revise");
/// Figures that the budget review corrects.
pub const CORRECTIONS: Member<Structure> =
    Member::raw("corrections", "Corrections", check_corrections, corrections_schema)
        .help("New values of locked fields, when the budget review is approved");

fn check_corrections(json: &Json) -> Result<(), String> {
    if json.is_object() { Ok(()) } else { Err("Must be an object of fields and new values.".to_owned()) }
}

fn corrections_schema() -> Json {
    json!({ "type": ["object", "null"] })
}

/// `POST /ppas/ID/approval`.
pub const APPROVAL: ActionBody = ActionBody::new(&[ACTION.field(), COMMENT.field(), CORRECTIONS.field()]);
