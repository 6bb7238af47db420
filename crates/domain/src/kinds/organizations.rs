//! Organizations: BARMM offices, local governments and partners.

use crate::accounts::Area;
use crate::choices::{ENGAGEMENT_FREQUENCIES, ORGANIZATION_STATUSES, ORGANIZATION_TYPES, PARTNERSHIP_LEVELS};
use crate::registry::typed::fields;
use crate::registry::{Concern, FieldType as Type, Initial, Kind, Module};

fields! {
    organization {
        NAME: Text = "name",
        ACRONYM: Text = "acronym",
        ORGANIZATION_TYPE: Text = "organization_type",
        PARTNERSHIP_LEVEL: Text = "partnership_level",
        PARTNERSHIP_STATUS: Text = "partnership_status",
        IS_PRIORITY: Flag = "is_priority",
        FOCAL_PERSON: Text = "focal_person",
        EMAIL: Text = "email",
        PHONE: Text = "phone",
        WEBSITE: Text = "website",
        ADDRESS: Text = "address",
        HEAD: Text = "head",
        MANDATE: Text = "mandate",
        ENGAGEMENT_FREQUENCY: Text = "engagement_frequency",
        REGION: Reference = "region",
    }
}

/// An organization.
pub static ORGANIZATION: Kind = Kind {
    label: "Organization",
    plural: "Organizations",
    icon: "building-2",
    purpose: "Ministries, local governments, agencies and civil society partners of the office.",
    module: Module::Coordination,
    area: Area::Reference,
    title: organization::NAME.name(),
    state: organization::PARTNERSHIP_STATUS.name(),
    default_sort: "name",
    concerns: &[Concern::Itself],
    fields: &[
        organization::NAME.field("Name", Type::Text(255)).required().searchable().listed(),
        organization::ACRONYM.field("Acronym", Type::Text(30)).searchable().listed(),
        organization::ORGANIZATION_TYPE
            .field("Type", Type::Choice(ORGANIZATION_TYPES))
            .required()
            .initial(Initial::Text("other"))
            .listed()
            .filtered(),
        organization::PARTNERSHIP_LEVEL
            .field("Role in the partnership", Type::Choice(PARTNERSHIP_LEVELS))
            .filtered(),
        organization::PARTNERSHIP_STATUS
            .field("Status", Type::Choice(ORGANIZATION_STATUSES))
            .required()
            .initial(Initial::Text("active"))
            .listed()
            .filtered(),
        organization::IS_PRIORITY
            .field("Priority partner", Type::Boolean)
            .initial(Initial::Boolean(false))
            .filtered(),
        organization::FOCAL_PERSON.field("Focal person", Type::Text(200)).searchable().listed(),
        organization::EMAIL.field("E-mail", Type::Email),
        organization::PHONE.field("Phone", Type::Text(60)),
        organization::WEBSITE.field("Website", Type::Url).folded(),
        organization::ADDRESS.field("Address", Type::Multiline(500)).folded(),
        organization::HEAD.field("Head", Type::Text(200)).searchable().folded(),
        organization::MANDATE.field("Mandate", Type::Multiline(5000)).searchable().folded(),
        organization::ENGAGEMENT_FREQUENCY.field("Meets", Type::Choice(ENGAGEMENT_FREQUENCIES)).folded(),
        organization::REGION.field("Region", Type::Reference("region")).folded(),
    ],
    ..Kind::new("organization", "organizations", "organizations")
};
