//! Task templates: generated tasks with their dates and assignees.

use serde_json::Value as Json;

use crate::accounts::Area;
use crate::choices::{self, ANCHORS, ASSIGNEE_RULES, DUE_RULES, PRIORITIES, TASK_DOMAINS, TASK_PHASES};
use crate::core::message::{Message, Word};
use crate::message;
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module};

fields! {
    task_template
        [crate::registry::shared: TITLE]
    {
        NAME: Text = "name",
        DOMAIN: Text = "domain",
        DESCRIPTION: Text = "description",
        IS_ACTIVE: Flag = "is_active",
        DUE_RULE: Text = "due_rule",
        ITEMS_VERSION: Integer = "items_version",
        ITEMS: Structure = "items",
    }
}

const MEMBERS: [&str; 12] = [
    "key",
    "title",
    "description",
    "anchor",
    "offset_days",
    "due_rule",
    "priority",
    "estimated_hours",
    "phase",
    "assignee",
    "prerequisites",
    "visible_to_partners",
];

/// Checks the items of a template: a list of objects with the members of [`MEMBERS`].
fn check_items(json: &Json) -> Result<(), Message> {
    let items = json.as_array().ok_or("Must be a list of items.")?;
    if items.len() > 200 {
        return Err("Must have at most 200 items.".into());
    }
    let mut keys: Vec<&str> = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let item = item.as_object().ok_or_else(|| message!("Item {number} is not an object.", number))?;
        if let Some(unknown) = item.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
            return Err(message!(
                "Item {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            ));
        }
        let text = |name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default();
        let key = text("key");
        let plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        };
        if key.is_empty() || key.len() > 60 || !key.chars().all(plain) || keys.contains(&key) {
            return Err(message!(
                "Item {number} needs a unique key of lower-case letters, digits and underscores.",
                number
            ));
        }
        if text("title").trim().is_empty() || text("title").chars().count() > 255 {
            return Err(message!("Item {number} needs a title of at most 255 characters.", number));
        }
        if !choices::contains(ANCHORS, text("anchor")) {
            return Err(message!("The anchor of item {number} must be start or end.", number));
        }
        match item.get("offset_days").and_then(Json::as_i64) {
            Some(days) if (-3650..=3650).contains(&days) => {}
            _ => return Err(message!("Item {number} needs an offset in whole days.", number)),
        }
        if !text("due_rule").is_empty() && !choices::contains(DUE_RULES, text("due_rule")) {
            return Err(message!("Item {number} has an unknown rule for weekends and holidays.", number));
        }
        if !choices::contains(PRIORITIES, text("priority")) {
            return Err(message!("Item {number} has an unknown priority.", number));
        }
        if !text("phase").is_empty() && !choices::contains(TASK_PHASES, text("phase")) {
            return Err(message!("Item {number} has an unknown phase.", number));
        }
        if !choices::contains(ASSIGNEE_RULES, text("assignee")) {
            return Err(message!("Item {number} has an unknown assignee.", number));
        }
        match item.get("estimated_hours") {
            None | Some(Json::Null) => {}
            Some(hours) if hours.as_f64().is_some_and(|hours| (0.0..=9999.0).contains(&hours)) => {}
            _ => return Err(message!("The hours of item {number} must be a number from 0 to 9999.", number)),
        }
        if !matches!(item.get("visible_to_partners"), None | Some(Json::Null | Json::Bool(_))) {
            return Err(message!("Visible to partners of item {number} must be true or false.", number));
        }
        // A prerequisite must precede its dependents in the list, so there can be no cycle.
        let prerequisites = item.get("prerequisites").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        for prerequisite in prerequisites {
            if !prerequisite.as_str().is_some_and(|name| keys.contains(&name)) {
                return Err(message!("Item {number} can depend only on items above it.", number));
            }
        }
        keys.push(key);
    }
    Ok(())
}

/// Task template.
pub static TASK_TEMPLATE: Kind = Kind {
    label: "Task template",
    plural: "Task templates",
    icon: "copy-plus",
    purpose: "Tasks that are generated for an event, an assessment, a policy or a PPA.",
    module: Module::Tasks,
    area: Area::Reference,
    default_sort: "title",
    fields: &[
        task_template::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        task_template::NAME
            .field("Name", Type::Text(100))
            .required()
            .unique()
            .help("Short and stable. Task generation uses it to find the template.")
            .searchable(),
        task_template::DOMAIN.field("Domain", Type::Choice(TASK_DOMAINS)).required().listed().filtered(),
        task_template::DESCRIPTION.field("Description", Type::Multiline(5000)).searchable(),
        task_template::IS_ACTIVE
            .field("Active", Type::Boolean)
            .initial(Initial::Boolean(true))
            .help("An inactive template generates no tasks.")
            .listed()
            .filtered(),
        task_template::DUE_RULE
            .field("Dates on weekends and holidays", Type::Choice(DUE_RULES))
            .required()
            .initial(Initial::Text("away"))
            .help("Where a due date moves that is no working day. A date never moves across the day it counts from."),
        task_template::ITEMS_VERSION
            .field("Version of the tasks", Type::Integer(1, 1_000_000))
            .initial(Initial::Integer(1))
            .derived(),
        task_template::ITEMS.field("Items", Type::Structure(check_items)).required(),
    ],
    ..Kind::new("task_template", "task-templates", "task_templates")
};
