//! Bodies of the actions on tasks.

use serde_json::{Value as Json, json};

use super::quick;
use crate::choices::{
    CARD_PLACES, DUE_RULES, OCCURRENCE_SCOPES, SUCCESSOR_MOVES, TASK_GROUPS, TASK_STATUSES,
};
use crate::core::id::Id;
use crate::core::message::Message;
use crate::kinds::ORIGINS;
use crate::kinds::template_items::check_items;
use crate::message;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Date, Flag, Integer, Link, Reference, Structure, Text};

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

/// Line of quick add.
pub const LINE: Member<Text> = Member::text("text", "Task", quick::LONGEST).required().help(
    "`@person`, `!high`, `#ppa:words` or `#label`, dates, times and rules in words; words in double quotes stay",
);
/// Values that the task has unless the line says otherwise.
pub const DEFAULTS: Member<Structure> =
    Member::raw("defaults", "Defaults", check_object, || json!({ "$ref": "#/components/schemas/TaskInput" }));

/// Place in the order of the board.
pub const PLACE: Member<Text> =
    Member::choice("place", "Place on the board", CARD_PLACES).help("last by default");

/// `POST /tasks/quick` and `/tasks/quick/preview`.
pub const QUICK: ActionBody = ActionBody::new(&[LINE.field(), DEFAULTS.field(), PLACE.field()]);

/// Tasks of a bulk change at most.
pub const MOST_TASKS: usize = 500;
/// Tasks to change.
pub const IDS: Member<Structure> = Member::raw(
    "ids",
    "Tasks",
    check_ids,
    || json!({ "type": "array", "maxItems": MOST_TASKS, "items": { "type": "string", "format": "uuid" } }),
)
.required();
/// Values that all of them get.
pub const CHANGES: Member<Structure> = Member::raw("changes", "Changes", check_object, || {
    json!({
        "description": "Fields of a task, and shift_days, add_labels, remove_labels, add_assignees, remove_assignees, archived, baseline",
        "type": "object",
    })
})
.required();
/// Versions that the caller saw, by id: a task with another one is refused.
pub const VERSIONS: Member<Structure> = Member::raw(
    "versions",
    "Versions",
    check_object,
    || json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
);

/// `POST /tasks/bulk`.
pub const BULK: ActionBody =
    ActionBody::new(&[IDS.field(), CHANGES.field(), VERSIONS.field(), FORCE_REASON.field()]);

/// New first day.
pub const NEW_START: Member<Date> = Member::day("start_date", "Start");
/// New due date.
pub const NEW_DUE: Member<Date> = Member::day("due_date", "Due");
/// Effect on the tasks that depend on it.
pub const SUCCESSORS: Member<Text> = Member::choice("successors", "Dependent tasks", SUCCESSOR_MOVES)
    .help("keep by default; preview writes nothing");

/// `POST /tasks/ID/reschedule`.
pub const RESCHEDULE: ActionBody =
    ActionBody::new(&[NEW_START.field(), NEW_DUE.field(), SUCCESSORS.field(), RECURRENCE_ID.field()]);

fn check_object(json: &Json) -> Result<(), Message> {
    if json.is_object() { Ok(()) } else { Err("Must be an object.".into()) }
}

fn check_ids(json: &Json) -> Result<(), Message> {
    let ids = json.as_array().ok_or("Must be a list of ids.")?;
    if ids.is_empty() || ids.len() > MOST_TASKS {
        return Err(message!("Must have 1 to {MOST_TASKS} ids.", MOST_TASKS));
    }
    let is_id = |id: &Json| id.as_str().is_some_and(|id| id.parse::<Id>().is_ok());
    if ids.iter().all(is_id) { Ok(()) } else { Err("Must be a list of ids.".into()) }
}

/// Record that the preview is for.
pub const PREVIEWED_ORIGIN: Member<Link> =
    Member::origin("origin", "Belongs to", ORIGINS).help("Record for which the tasks are shown");
/// Items in place of those of the template.
pub const ITEMS: Member<Structure> = Member::raw("items", "Items", check_items, items_schema)
    .help("Items in place of those of the template, to preview a change");
/// Rule for weekends and holidays in place of that of the template.
pub const DUE_RULE: Member<Text> = Member::choice("due_rule", "Dates on weekends and holidays", DUE_RULES);

/// `POST /task-templates/ID/preview`.
pub const PREVIEW_TEMPLATE: ActionBody =
    ActionBody::new(&[PREVIEWED_ORIGIN.field(), BASE_DATE.field(), ITEMS.field(), DUE_RULE.field()]);

/// Templates of a file.
pub const TEMPLATES: Member<Structure> =
    Member::raw("templates", "Templates", |_| Ok(()), templates_schema).required();
/// Format of a file.
pub const FORMAT: Member<Text> = Member::text("format", "Format", 40).help("obcms-task-templates");
/// Version of the format.
pub const FILE_VERSION: Member<Integer> = Member::integer("version", "Version", 1, 1000);
/// Preview of an import.
pub const ONLY_PREVIEW: Member<Flag> =
    Member::flag("preview", "Preview").help("true: says what would happen, writes nothing");

/// `POST /task-templates/import.json`.
pub const IMPORT_TEMPLATES: ActionBody =
    ActionBody::new(&[FORMAT.field(), FILE_VERSION.field(), TEMPLATES.field(), ONLY_PREVIEW.field()]);

fn items_schema() -> Json {
    json!({ "type": "array", "items": { "type": "object" } })
}

fn templates_schema() -> Json {
    json!({ "type": "array", "items": { "type": "object", "required": ["name", "title", "domain", "items"] } })
}
