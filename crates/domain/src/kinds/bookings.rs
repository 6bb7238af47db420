//! Bookings of resources.

use crate::accounts::{Area, FieldGroup};
use crate::choices::BOOKING_STATUSES;
use crate::registry::{DateRole, Field, FieldType as Type, Initial, Kind, Module, series};

/// Kinds that a booking may be for: those that a task may belong to, and tasks.
pub const BOOKING_ORIGINS: &[&str] = &[
    "event",
    "task",
    "assessment",
    "need",
    "ppa",
    "project",
    "policy",
    "policy_milestone",
    "service",
    "application",
    "community",
    "organization",
    "team",
];

/// A booking of a resource.
pub static BOOKING: Kind = Kind {
    label: "Booking",
    plural: "Bookings",
    icon: "calendar-check",
    purpose: "Bookings of rooms, vehicles, equipment and facilitators.",
    module: Module::Resources,
    area: Area::Work,
    title: "purpose",
    state: "status",
    all_requests: true,
    default_sort: "-start",
    people: &["booked_by"],
    dates: &[DateRole::span("booking", "", "start", "end")],
    fields: &[
        Field::new("purpose", "Purpose", Type::Text(255))
            .help("Leave empty to use the linked record or your name.")
            .searchable()
            .listed(),
        Field::new("resource", "Resource", Type::Reference("resource")).required().listed().filtered(),
        Field::new("all_day", "All day", Type::Boolean).initial(Initial::Boolean(false)),
        Field::new("start", "Start", Type::Moment).required().listed(),
        Field::new("end", "End", Type::Moment)
            .help("Leave empty for one hour, or one day for all-day entries.")
            .listed(),
        Field::new("timezone", "Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        Field::new("units", "Units", Type::Integer(1, 100_000))
            .required()
            .initial(Initial::Integer(1))
            .help("Number of units, if the resource has several."),
        Field::new("origin", "For", Type::Link(BOOKING_ORIGINS)).listed().filtered(),
        Field::new("status", "Status", Type::Choice(BOOKING_STATUSES))
            .initial(Initial::Text("pending"))
            .derived()
            .listed()
            .filtered(),
        Field::new("booked_by", "Booked by", Type::Reference("user"))
            .initial(Initial::Actor)
            .derived()
            .listed()
            .filtered(),
        Field::new("notes", "Notes", Type::Multiline(5000)).searchable(),
        Field::new("override_reason", "Reason of the override", Type::Multiline(2000))
            .group(FieldGroup::Decision)
            .help("Overrides other bookings and rules. Administrators only; logged.")
            .folded(),
        Field::new("decided_by", "Decided by", Type::Reference("user")).derived(),
        Field::new("decided_at", "Decided at", Type::Instant)
            .derived()
            .not_on_calendar("time of a past decision"),
        Field::new("decision_note", "Decision note", Type::Multiline(2000)).derived(),
        Field::new("resource_name", "Name of the resource", Type::Text(255))
            .derived()
            .searchable()
            .title_of("resource"),
        series::RRULE,
        series::RDATES,
        series::EXDATES,
        series::OVERRIDES,
        Field::new("continues", "Continues", Type::Reference("booking")).derived(),
    ],
    ..Kind::new("booking", "bookings", "bookings")
};
