//! Bodies of the actions on alerts.

use serde_json::Value as Json;

use crate::core::id::Id;
use crate::core::message::Message;
use crate::message;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Date, Reference, Structure, Text};

/// Remark.
pub const NOTE: Member<Text> = Member::multiline("note", "Note", 2000);
/// Day on which a snoozed alert comes back.
pub const UNTIL: Member<Date> =
    Member::day("until", "Until").required().help("Day on which the alert comes back");
/// Alerts to acknowledge or snooze.
pub const IDS: Member<Structure> = Member::raw("ids", "Alerts", check_ids, ids_schema).required();
/// Title of the task; made of the alert by default.
pub const TITLE: Member<Text> = Member::text("title", "Title", 200);
/// Due date of the task.
pub const DUE_DATE: Member<Date> = Member::day("due_date", "Due date");
/// Person who is to do the task.
pub const ASSIGNEE: Member<Reference> = Member::reference("assignee", "Assignee", "user");

/// Most alerts of one request.
pub const MOST: usize = 500;

/// Checks a list of ids; which of them exist is said for each.
fn check_ids(json: &Json) -> Result<(), Message> {
    let items = json.as_array().ok_or("Must be a list of ids.")?;
    if items.is_empty() || items.len() > MOST {
        return Err(message!("Must have from 1 to {MOST} ids.", MOST));
    }
    let is_id = |item: &Json| item.as_str().is_some_and(|text| text.parse::<Id>().is_ok());
    if items.iter().all(is_id) { Ok(()) } else { Err("Must be a list of ids.".into()) }
}

fn ids_schema() -> Json {
    serde_json::json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": MOST })
}

/// `POST /alerts/ID/acknowledge` and `…/reopen`.
pub const REMARK: ActionBody = ActionBody::new(&[NOTE.field()]);
/// `POST /alerts/ID/snooze`.
pub const SNOOZE: ActionBody = ActionBody::new(&[UNTIL.field(), NOTE.field()]);
/// `POST /alerts/acknowledge`.
pub const ACKNOWLEDGE_MANY: ActionBody = ActionBody::new(&[IDS.field(), NOTE.field()]);
/// `POST /alerts/snooze`.
pub const SNOOZE_MANY: ActionBody = ActionBody::new(&[IDS.field(), UNTIL.field(), NOTE.field()]);
/// `POST /alerts/ID/task`.
pub const TASK: ActionBody = ActionBody::new(&[TITLE.field(), DUE_DATE.field(), ASSIGNEE.field()]);
