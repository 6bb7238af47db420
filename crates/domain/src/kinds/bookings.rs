//! Bookings of resources.

use crate::accounts::{Area, FieldGroup};
use crate::choices::BOOKING_STATUSES;
use crate::registry::typed::fields;
use crate::registry::{DateRole, FieldType as Type, Initial, Kind, Module, series};

fields! {
    booking
        [crate::registry::shared: ALL_DAY, START, END, TIMEZONE, ORIGIN, STATUS]
        [crate::registry::series: CONTINUES, RRULE, RDATES, EXDATES, OVERRIDES]
    {
        PURPOSE: Text = "purpose",
        RESOURCE: Reference = "resource",
        UNITS: Integer = "units",
        BOOKED_BY: Reference = "booked_by",
        NOTES: Text = "notes",
        OVERRIDE_REASON: Text = "override_reason",
        DECIDED_BY: Reference = "decided_by",
        DECIDED_AT: Instant = "decided_at",
        DECISION_NOTE: Text = "decision_note",
        RESOURCE_NAME: Text = "resource_name",
    }
}

/// Kinds that a booking may belong to: those of tasks, and tasks.
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
    title: booking::PURPOSE.name(),
    state: booking::STATUS.name(),
    all_requests: true,
    default_sort: "-start",
    upcoming_first: true,
    people: &[booking::BOOKED_BY.name()],
    dates: &[DateRole::span("booking", "", booking::START.name(), booking::END.name())],
    told_apart_by: &[booking::RESOURCE.name(), booking::START.name()],
    fields: &[
        booking::PURPOSE
            .field("Purpose", Type::Text(255))
            .help("Leave empty to use the linked record or your name.")
            .searchable()
            .listed(),
        booking::RESOURCE.field("Resource", Type::Reference("resource")).required().listed().filtered(),
        booking::ALL_DAY.field("All day", Type::Boolean).initial(Initial::Boolean(false)),
        booking::START.field("Start", Type::Moment).required().listed(),
        booking::END
            .field("End", Type::Moment)
            .help("Leave empty for one hour, or one day for all-day entries.")
            .listed(),
        booking::TIMEZONE
            .field("Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        booking::UNITS
            .field("Units", Type::Integer(1, 100_000))
            .required()
            .initial(Initial::Integer(1))
            .help("Number of units, if the resource has several."),
        booking::ORIGIN.field("For", Type::Link(BOOKING_ORIGINS)).filtered(),
        booking::STATUS
            .field("Status", Type::Choice(BOOKING_STATUSES))
            .initial(Initial::Text("pending"))
            .derived()
            .listed()
            .filtered(),
        booking::BOOKED_BY
            .field("Booked by", Type::Reference("user"))
            .initial(Initial::Actor)
            .derived()
            .listed()
            .filtered(),
        booking::NOTES.field("Notes", Type::Multiline(5000)).searchable(),
        booking::OVERRIDE_REASON
            .field("Reason of the override", Type::Multiline(2000))
            .group(FieldGroup::Decision)
            .help("Overrides other bookings and rules. Administrators only; logged.")
            .folded(),
        booking::DECIDED_BY.field("Decided by", Type::Reference("user")).derived(),
        booking::DECIDED_AT
            .field("Decided at", Type::Instant)
            .derived()
            .not_on_calendar("time of a past decision"),
        booking::DECISION_NOTE.field("Decision note", Type::Multiline(2000)).derived(),
        booking::RESOURCE_NAME
            .field("Name of the resource", Type::Text(255))
            .derived()
            .searchable()
            .title_of(booking::RESOURCE.name()),
        series::RRULE_FIELD,
        series::RDATES_FIELD,
        series::EXDATES_FIELD,
        series::OVERRIDES_FIELD,
        booking::CONTINUES.field("Continues", Type::Reference("booking")).derived(),
    ],
    ..Kind::new("booking", "bookings", "bookings")
};
