//! Bodies of the actions on tasks.

use crate::choices::{OCCURRENCE_SCOPES, TASK_GROUPS, TASK_STATUSES};
use crate::kinds::ORIGINS;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Date, Link, Reference, Text};

/// Characters of a note or reason at most.
const NOTE: usize = 2000;

/// New status.
pub const STATUS: Member<Text> = Member::choice("status", "Status", TASK_STATUSES).required();
/// Remark that is stored with the change.
pub const TRANSITION_NOTE: Member<Text> = Member::multiline("note", "Note", NOTE);
/// Reason to start or complete a blocked task.
pub const FORCE_REASON: Member<Text> = Member::multiline("force_reason", "Reason", NOTE);
/// Occurrence of a repeating task.
pub const RECURRENCE_ID: Member<Text> = Member::text("recurrence_id", "Occurrence", 40)
    .help("Occurrence of a repeating task; `next_occurrence` by default");
/// Reach of a change of a repeating task.
pub const SCOPE: Member<Text> = Member::choice("scope", "Scope", OCCURRENCE_SCOPES)
    .help("all: the whole series; otherwise one occurrence");

/// `POST /tasks/ID/transition`.
pub const TRANSITION: ActionBody = ActionBody::new(&[
    STATUS.field(),
    TRANSITION_NOTE.field(),
    FORCE_REASON.field(),
    RECURRENCE_ID.field(),
    SCOPE.field(),
]);

/// Key of the column to move to.
pub const COLUMN: Member<Text> = Member::text("column", "Column", 100).required();
/// Property by which the board is grouped.
pub const GROUP: Member<Text> = Member::choice("group", "Group", TASK_GROUPS);
/// Key of the column that the card comes from.
pub const FROM: Member<Text> = Member::text("from", "From column", 100);
/// Task that the card is placed before.
pub const BEFORE: Member<Reference> = Member::reference("before", "Before", "task");
/// Task that the card is placed after.
pub const AFTER: Member<Reference> = Member::reference("after", "After", "task");

/// `POST /tasks/ID/move`.
pub const MOVE: ActionBody = ActionBody::new(&[
    COLUMN.field(),
    GROUP.field(),
    FROM.field(),
    BEFORE.field(),
    AFTER.field(),
    FORCE_REASON.field(),
]);

/// Record that the tasks are generated for.
pub const ORIGIN: Member<Link> = Member::origin("origin", "Belongs to", ORIGINS).required();
/// Day from which the dates are counted, in place of the anchors of the origin.
pub const BASE_DATE: Member<Date> = Member::day("base_date", "Base date");

/// `POST /task-templates/ID/instantiate`.
pub const INSTANTIATE: ActionBody = ActionBody::new(&[ORIGIN.field(), BASE_DATE.field()]);
