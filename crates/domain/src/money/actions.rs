//! Bodies of the actions on ledger entries.

use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::Text;

/// Reason of a reversal.
pub const COMMENT: Member<Text> = Member::multiline("comment", "Reason", 2000).required();

/// `POST /tranches/ID/reverse`.
pub const REVERSE: ActionBody = ActionBody::new(&[COMMENT.field()]);
