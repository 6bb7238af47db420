//! Bodies of the actions on projects.

use crate::choices::PROJECT_STAGES;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::Text;

/// Remark, or the reason of a return or a skip.
pub const NOTE: Member<Text> = Member::multiline("note", "Note", 2000);
/// Earlier stage to return to.
pub const STAGE: Member<Text> = Member::choice("stage", "Stage", PROJECT_STAGES).required();

/// `POST /projects/ID/advance` and `…/skip`.
pub const STEP: ActionBody = ActionBody::new(&[NOTE.field()]);
/// `POST /projects/ID/return`.
pub const RETURN: ActionBody = ActionBody::new(&[STAGE.field(), NOTE.field()]);
