//! Body of the actions on the approval of a PPA.

use serde_json::{Value as Json, json};

use crate::choices::{APPROVAL_ACTIONS, APPROVAL_STATES};
use crate::core::message::Message;
use crate::message;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Reference, Structure, Text};

/// Action on the approval.
pub const ACTION: Member<Text> = Member::choice("action", "Action", APPROVAL_ACTIONS).required();
/// Comment or reason.
pub const COMMENT: Member<Text> =
    Member::multiline("comment", "Comment", 4000).help("Required to reject, waive, reopen and revise");
/// State that the caller saw; the step is refused if the approval moved on.
pub const SEEN_STAGE: Member<Text> =
    Member::choice("stage", "Stage", APPROVAL_STATES).help("State that you saw; refused if it moved on");
/// Figures that the budget review corrects.
pub const CORRECTIONS: Member<Structure> =
    Member::raw("corrections", "Corrections", check_corrections, corrections_schema)
        .help("New values of locked fields, when the budget review is approved");

fn check_corrections(json: &Json) -> Result<(), Message> {
    if json.is_object() { Ok(()) } else { Err("Must be an object of fields and new values.".into()) }
}

fn corrections_schema() -> Json {
    json!({ "type": ["object", "null"] })
}

/// Person who is to decide the pending stage; nothing for anybody with the role.
pub const ASSIGNEE: Member<Reference> = Member::reference("assignee", "Assignee", "user");
/// Text of a comment.
pub const TEXT: Member<Text> = Member::multiline("text", "Comment", 4000).required();
/// PPAs with the stages that the caller saw.
pub const ITEMS: Member<Structure> = Member::raw("items", "PPAs", check_items, items_schema).required();

/// PPAs that are approved at once, at most.
pub const MOST_ITEMS: usize = 100;

fn check_items(json: &Json) -> Result<(), Message> {
    let is_item = |item: &Json| {
        item.get("ppa").is_some_and(Json::is_string) && item.get("stage").is_some_and(Json::is_string)
    };
    match json.as_array() {
        Some(items) if items.is_empty() => Err("Select at least one PPA to approve.".into()),
        Some(items) if items.len() > MOST_ITEMS => {
            Err(message!("Must have at most {MOST_ITEMS} PPAs.", MOST_ITEMS))
        }
        Some(items) if items.iter().all(is_item) => Ok(()),
        _ => Err("Must be a list of objects with ppa and stage.".into()),
    }
}

fn items_schema() -> Json {
    json!({ "type": "array", "maxItems": MOST_ITEMS, "items": { "type": "object", "required": ["ppa", "stage"],
        "properties": { "ppa": { "type": "string", "format": "uuid" }, "stage": { "type": "string" } } } })
}

/// `POST /ppas/ID/approval`.
pub const APPROVAL: ActionBody =
    ActionBody::new(&[ACTION.field(), COMMENT.field(), SEEN_STAGE.field(), CORRECTIONS.field()]);

/// `POST /ppas/ID/approval/assignee`.
pub const ASSIGN: ActionBody = ActionBody::new(&[ASSIGNEE.field()]);

/// `POST /ppas/ID/approval/comments`.
pub const ADD_COMMENT: ActionBody = ActionBody::new(&[TEXT.field()]);

/// `POST /approvals`.
pub const APPROVE_EACH: ActionBody = ActionBody::new(&[ITEMS.field(), COMMENT.field()]);
