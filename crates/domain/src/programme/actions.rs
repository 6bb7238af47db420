//! Bodies of the actions on projects and on the status of PPAs.

use crate::choices::PROJECT_STAGES;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Flag, Text};

/// Remark, or the reason of a return, a skip or a completion with open work.
pub const NOTE: Member<Text> = Member::multiline("note", "Note", 2000);
/// Earlier stage to return to.
pub const STAGE: Member<Text> = Member::choice("stage", "Stage", PROJECT_STAGES).required();
/// Stage in which the person saw the project.
pub const FROM: Member<Text> = Member::choice("from", "From", PROJECT_STAGES)
    .help("Stage in which you saw the project; a project in another stage is not moved.");
/// Consent to complete with open tasks or open money, or to cancel with open money.
pub const CONFIRM_OPEN: Member<Flag> = Member::flag("confirm_open", "Confirm what is open").help(
    "Completes also with open tasks, unobligated allotments or undisbursed obligations, or cancels with such \
     money; needs a reason.",
);
/// Reason.
pub const REASON: Member<Text> = Member::multiline("reason", "Reason", 2000);
/// Reason that must be given.
pub const REQUIRED_REASON: Member<Text> = Member::multiline("reason", "Reason", 2000).required();
/// Cancels open tasks and bookings too.
pub const CANCEL_OPEN_TASKS: Member<Flag> =
    Member::flag("cancel_open_tasks", "Also cancel open tasks and bookings")
        .help("Cancels open tasks and bookings too; resuming restores them.");

/// `POST /projects/ID/advance`.
pub const ADVANCE: ActionBody = ActionBody::new(&[NOTE.field(), FROM.field(), CONFIRM_OPEN.field()]);
/// `POST /projects/ID/skip`.
pub const SKIP: ActionBody = ActionBody::new(&[NOTE.field(), FROM.field()]);
/// `POST /projects/ID/return`.
pub const RETURN: ActionBody = ActionBody::new(&[STAGE.field(), NOTE.field(), FROM.field()]);
/// `POST /projects/ID/block`.
pub const BLOCK: ActionBody = ActionBody::new(&[REQUIRED_REASON.field()]);
/// `POST /projects/ID/unblock`.
pub const UNBLOCK: ActionBody = ActionBody::new(&[NOTE.field()]);

/// `POST /ppas/ID/hold`.
pub const HOLD: ActionBody = ActionBody::new(&[REQUIRED_REASON.field()]);
/// `POST /ppas/ID/resume`.
pub const RESUME: ActionBody = ActionBody::new(&[REASON.field()]);
/// `POST /ppas/ID/cancel`.
pub const CANCEL: ActionBody =
    ActionBody::new(&[REQUIRED_REASON.field(), CANCEL_OPEN_TASKS.field(), CONFIRM_OPEN.field()]);
/// `POST /ppas/ID/complete`.
pub const COMPLETE: ActionBody = ActionBody::new(&[REASON.field(), CONFIRM_OPEN.field()]);
