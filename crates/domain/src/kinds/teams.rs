//! Teams of the office.

use crate::accounts::Area;
use crate::choices::TASK_DOMAINS;
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module};

fields! {
    team {
        NAME: Text = "name",
        DOMAIN: Text = "domain",
        LEAD: Reference = "lead",
        MEMBERS: References = "members",
        DESCRIPTION: Text = "description",
        FOCUS_AREAS: List = "focus_areas",
        IS_ACTIVE: Flag = "is_active",
    }
}

/// A team.
pub static TEAM: Kind = Kind {
    label: "Team",
    plural: "Teams",
    icon: "users",
    purpose: "Teams of the office. A task assigned to a team is a task of each member.",
    module: Module::Staff,
    area: Area::Reference,
    title: team::NAME.name(),
    default_sort: "name",
    people: &[team::LEAD.name(), team::MEMBERS.name()],
    fields: &[
        team::NAME.field("Name", Type::Text(150)).required().unique().searchable().listed(),
        team::DOMAIN
            .field("Domain", Type::Choice(TASK_DOMAINS))
            .help("Generated tasks of this domain are assigned to this team.")
            .listed()
            .filtered(),
        team::LEAD.field("Lead", Type::Reference("user")).listed(),
        team::MEMBERS.field("Members", Type::References("user")).listed(),
        team::DESCRIPTION.field("Description", Type::Multiline(5000)).searchable(),
        team::FOCUS_AREAS.field("Focus areas", Type::Tags),
        team::IS_ACTIVE.field("Active", Type::Boolean).initial(Initial::Boolean(true)).filtered(),
    ],
    ..Kind::new("team", "teams", "teams")
};
