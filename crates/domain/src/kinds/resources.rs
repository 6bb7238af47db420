//! Resources: vehicles, rooms, equipment, facilitators.

use crate::accounts::Area;
use crate::choices::RESOURCE_TYPES;
use crate::core::hours::{check_blackouts, check_opening_hours};
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module, Total};

fields! {
    resource {
        NAME: Text = "name",
        RESOURCE_TYPE: Text = "resource_type",
        CAPACITY: Integer = "capacity",
        SEATS: Integer = "seats",
        LOCATION: Text = "location",
        REQUIRES_APPROVAL: Flag = "requires_approval",
        IS_AVAILABLE: Flag = "is_available",
        OPENING_HOURS: Structure = "opening_hours",
        BLACKOUTS: Structure = "blackouts",
        BUFFER_BEFORE_MINUTES: Integer = "buffer_before_minutes",
        BUFFER_AFTER_MINUTES: Integer = "buffer_after_minutes",
        HORIZON_DAYS: Integer = "horizon_days",
        MAXIMUM_HOURS: Integer = "maximum_hours",
        PERSON: Reference = "person",
        COST_PER_USE_CENTAVOS: Integer = "cost_per_use_centavos",
        DESCRIPTION: Text = "description",
    }
}

/// A resource that can be booked.
pub static RESOURCE: Kind = Kind {
    label: "Resource",
    plural: "Resources",
    icon: "truck",
    purpose: "The vehicles, rooms, equipment and facilitators of the office.",
    module: Module::Resources,
    area: Area::Reference,
    title: resource::NAME.name(),
    default_sort: "name",
    people: &[resource::PERSON.name()],
    fields: &[
        resource::NAME.field("Name", Type::Text(255)).required().searchable().listed(),
        resource::RESOURCE_TYPE.field("Type", Type::Choice(RESOURCE_TYPES)).required().listed().filtered(),
        resource::CAPACITY
            .field("Capacity", Type::Integer(1, 100_000))
            .initial(Initial::Integer(1))
            .help("Number of bookings at the same time: 1 for a room or a vehicle, 3 for three projectors.")
            .listed(),
        resource::SEATS.field("Seats", Type::Integer(1, 100_000)).help("Number of people.").listed(),
        resource::LOCATION.field("Location", Type::Text(255)).searchable().listed(),
        resource::REQUIRES_APPROVAL
            .field("Needs approval", Type::Boolean)
            .initial(Initial::Boolean(false))
            .filtered(),
        resource::IS_AVAILABLE
            .field("Available", Type::Boolean)
            .initial(Initial::Boolean(true))
            .listed()
            .filtered(),
        resource::OPENING_HOURS
            .field("Opening hours", Type::Structure(check_opening_hours))
            .help("When it can be booked. Leave empty for always.")
            .folded(),
        resource::BLACKOUTS
            .field("Blackout dates", Type::Structure(check_blackouts))
            .help("When it cannot be booked, for example during repair.")
            .folded(),
        resource::BUFFER_BEFORE_MINUTES
            .field("Buffer before (minutes)", Type::Integer(0, 10_080))
            .initial(Initial::Integer(0))
            .help("Free time before each booking, for example for setup.")
            .folded(),
        resource::BUFFER_AFTER_MINUTES
            .field("Buffer after (minutes)", Type::Integer(0, 10_080))
            .initial(Initial::Integer(0))
            .help("Free time after each booking, for example for cleaning.")
            .folded(),
        resource::HORIZON_DAYS
            .field("Booking horizon (days)", Type::Integer(1, 1_000))
            .initial(Initial::Integer(183))
            .help("How far ahead it can be booked. Six months by default.")
            .folded(),
        resource::MAXIMUM_HOURS
            .field("Maximum hours", Type::Integer(1, 8_784))
            .help("Longest booking. Leave empty for no limit.")
            .folded(),
        resource::PERSON
            .field("Facilitator", Type::Reference("user"))
            .help("Only for facilitators of the office.")
            .folded(),
        resource::COST_PER_USE_CENTAVOS.field("Cost per use", Type::Money).total(Total::Never).folded(),
        resource::DESCRIPTION.field("Description", Type::Multiline(5000)).searchable(),
    ],
    ..Kind::new("resource", "resources", "resources")
};
