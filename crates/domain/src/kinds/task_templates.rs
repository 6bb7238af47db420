//! Task templates: generated tasks with their dates and assignees.

use super::template_items::check_items;
use crate::accounts::Area;
use crate::choices::{DUE_RULES, TASK_DOMAINS};
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
