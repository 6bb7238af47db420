//! Resources: vehicles, rooms, equipment, facilitators.

use crate::accounts::Area;
use crate::choices::RESOURCE_TYPES;
use crate::core::hours::{check_blackouts, check_opening_hours};
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
            .help("Number of bookings at the same time: 1 for a room or a vehicle, 3 for three projectors.")
            .listed(),
        Field::new("seats", "Seats", Type::Integer(1, 100_000)).help("Number of people.").listed(),
        Field::new("location", "Location", Type::Text(255)).searchable().listed(),
        Field::new("requires_approval", "Needs approval", Type::Boolean)
            .initial(Initial::Boolean(false))
            .filtered(),
        Field::new("is_available", "Available", Type::Boolean)
            .initial(Initial::Boolean(true))
            .listed()
            .filtered(),
        Field::new("opening_hours", "Opening hours", Type::Structure(check_opening_hours))
            .help("When it can be booked. Leave empty for always.")
            .folded(),
        Field::new("blackouts", "Blackout dates", Type::Structure(check_blackouts))
            .help("When it cannot be booked, for example during repair.")
            .folded(),
        Field::new("buffer_before_minutes", "Buffer before (minutes)", Type::Integer(0, 10_080))
            .initial(Initial::Integer(0))
            .help("Free time before each booking, for example for setup.")
            .folded(),
        Field::new("buffer_after_minutes", "Buffer after (minutes)", Type::Integer(0, 10_080))
            .initial(Initial::Integer(0))
            .help("Free time after each booking, for example for cleaning.")
            .folded(),
        Field::new("horizon_days", "Booking horizon (days)", Type::Integer(1, 1_000))
            .initial(Initial::Integer(183))
            .help("How far ahead it can be booked. Six months by default.")
            .folded(),
        Field::new("maximum_hours", "Maximum hours", Type::Integer(1, 8_784))
            .help("Longest booking. Leave empty for no limit.")
            .folded(),
        Field::new("person", "Facilitator", Type::Reference("user"))
            .help("Only for facilitators of the office.")
            .folded(),
        Field::new("cost_per_use_centavos", "Cost per use", Type::Money).folded(),
        Field::new("description", "Description", Type::Multiline(5000)).searchable(),
    ],
    ..Kind::new("resource", "resources", "resources")
};
