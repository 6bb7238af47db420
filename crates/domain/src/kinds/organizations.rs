//! Organizations: BARMM offices, local governments and partners.

use crate::accounts::Area;
use crate::choices::{ENGAGEMENT_FREQUENCIES, ORGANIZATION_STATUSES, ORGANIZATION_TYPES, PARTNERSHIP_LEVELS};
use crate::registry::{Field, FieldType as Type, Initial, Kind, Module};

/// An organization.
pub static ORGANIZATION: Kind = Kind {
    label: "Organization",
    plural: "Organizations",
    icon: "building-2",
    purpose: "Ministries, local governments, agencies and civil society partners of the office.",
    module: Module::Coordination,
    area: Area::Reference,
    title: "name",
    state: "partnership_status",
    default_sort: "name",
    concerns: &["self"],
    fields: &[
        Field::new("name", "Name", Type::Text(255)).required().searchable().listed(),
        Field::new("acronym", "Acronym", Type::Text(30)).searchable().listed(),
        Field::new("organization_type", "Type", Type::Choice(ORGANIZATION_TYPES))
            .required()
            .initial(Initial::Text("other"))
            .listed()
            .filtered(),
        Field::new("partnership_level", "Role in the partnership", Type::Choice(PARTNERSHIP_LEVELS))
            .filtered(),
        Field::new("partnership_status", "Status", Type::Choice(ORGANIZATION_STATUSES))
            .required()
            .initial(Initial::Text("active"))
            .listed()
            .filtered(),
        Field::new("is_priority", "Priority partner", Type::Boolean)
            .initial(Initial::Boolean(false))
            .filtered(),
        Field::new("focal_person", "Focal person", Type::Text(200)).searchable().listed(),
        Field::new("email", "E-mail", Type::Email),
        Field::new("phone", "Phone", Type::Text(60)),
        Field::new("website", "Website", Type::Url).folded(),
        Field::new("address", "Address", Type::Multiline(500)).folded(),
        Field::new("head", "Head", Type::Text(200)).searchable().folded(),
        Field::new("mandate", "Mandate", Type::Multiline(5000)).searchable().folded(),
        Field::new("engagement_frequency", "Meets", Type::Choice(ENGAGEMENT_FREQUENCIES)).folded(),
        Field::new("region", "Region", Type::Reference("region")).folded(),
    ],
    ..Kind::new("organization", "organizations", "organizations")
};
