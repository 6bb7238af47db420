//! Teams of the office.

use crate::accounts::Area;
use crate::choices::TASK_DOMAINS;
use crate::registry::{Field, FieldType as Type, Initial, Kind, Module};

/// A team.
pub static TEAM: Kind = Kind {
    label: "Team",
    plural: "Teams",
    icon: "users",
    purpose: "Teams of the office. A task assigned to a team is a task of each member.",
    module: Module::Staff,
    area: Area::Reference,
    title: "name",
    default_sort: "name",
    people: &["lead", "members"],
    fields: &[
        Field::new("name", "Name", Type::Text(150)).required().unique().searchable().listed(),
        Field::new("domain", "Domain", Type::Choice(TASK_DOMAINS))
            .help("Generated tasks of this domain are assigned to this team.")
            .listed()
            .filtered(),
        Field::new("lead", "Lead", Type::Reference("user")).listed(),
        Field::new("members", "Members", Type::References("user")).listed(),
        Field::new("description", "Description", Type::Multiline(5000)).searchable(),
        Field::new("focus_areas", "Focus areas", Type::Tags),
        Field::new("is_active", "Active", Type::Boolean).initial(Initial::Boolean(true)).filtered(),
    ],
    ..Kind::new("team", "teams", "teams")
};
