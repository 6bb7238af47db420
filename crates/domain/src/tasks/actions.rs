//! Bodies of the actions on tasks.

use serde_json::{Value as Json, json};

use crate::choices::{DUE_RULES, OCCURRENCE_SCOPES, TASK_GROUPS, TASK_STATUSES};
use crate::kinds::ORIGINS;
use crate::kinds::template_items::check_items;
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
