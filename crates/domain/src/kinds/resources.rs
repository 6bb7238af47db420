//! Resources: vehicles, rooms, equipment, facilitators.

use crate::choices::RESOURCE_TYPES;
use crate::people::Area;
use crate::registry::{Field, FieldType as Type, Initial, Kind, Module};

/// Something that can be booked.
pub static RESOURCE: Kind = Kind {
    label: "Resource",
    plural: "Resources",
    icon: "truck",
    purpose: "The vehicles, rooms, equipment and facilitators of the office.",
    module: Module::Resources,
    area: Area::Reference,
    title: "name",
    default_sort: "name",
    people: &["person"],
    fields: &[
        Field::new("name", "Name", Type::Text(255)).required().searchable().listed(),
        Field::new("resource_type", "Type", Type::Choice(RESOURCE_TYPES)).required().listed().filtered(),
        Field::new("capacity", "Capacity", Type::Integer(1, 100_000))
            .initial(Initial::Integer(1))
            .help("How many may use it at the same time.")
            .listed(),
        Field::new("location", "Location", Type::Text(255)).searchable().listed(),
        Field::new("requires_approval", "Needs approval", Type::Boolean)
            .initial(Initial::Boolean(false))
            .filtered(),
        Field::new("is_available", "Available", Type::Boolean)
            .initial(Initial::Boolean(true))
            .listed()
            .filtered(),
        Field::new("person", "Facilitator", Type::Reference("user"))
            .help("For a facilitator of the office.")
            .folded(),
        Field::new("cost_per_use_centavos", "Cost per use", Type::Money).folded(),
        Field::new("description", "Description", Type::Multiline(5000)).searchable(),
    ],
    ..Kind::new("resource", "resources", "resources")
};
