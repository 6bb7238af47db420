//! Events: meetings, consultations, workshops and the like, with preparation before and follow-up after.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{EVENT_STATUSES, EVENT_TYPES, PRIORITIES};
use crate::registry::{DateRole, Field, FieldType as Type, Initial, Kind, Module, series};

/// An event.
pub static EVENT: Kind = Kind {
    label: "Event",
    plural: "Events",
    icon: "calendar-days",
    purpose: "Meetings, consultations, workshops and field visits. Preparation and follow-up tasks are generated.",
    module: Module::Coordination,
    area: Area::Work,
    state: "status",
    default_sort: "-start",
    people: &["organizer", "participants", "facilitators"],
    invited: &["participants", "facilitators"],
    concerns: &["community", "organizations"],
    dates: &[DateRole::span("event", "", "start", "end")],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).required().searchable().listed(),
        Field::new("event_type", "Type", Type::Choice(EVENT_TYPES))
            .required()
            .initial(Initial::Text("meeting"))
            .help("Determines the generated preparation and follow-up tasks.")
            .listed()
            .filtered(),
        Field::new("all_day", "All day", Type::Boolean).initial(Initial::Boolean(false)),
        Field::new("start", "Start", Type::Moment).required().listed(),
        Field::new("end", "End", Type::Moment)
            .help("Leave empty for one hour, or one day for all-day entries.")
            .listed(),
        Field::new("timezone", "Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        Field::new("venue", "Venue", Type::Text(255)).searchable().listed(),
        Field::new("status", "Status", Type::Choice(EVENT_STATUSES))
            .required()
            .initial(Initial::Text("scheduled"))
            .listed()
            .filtered(),
        Field::new("organizer", "Organizer", Type::Reference("user"))
            .initial(Initial::Actor)
            .listed()
            .filtered(),
        Field::new("participants", "Participants", Type::References("user")).filtered(),
        Field::new("facilitators", "Facilitators", Type::References("user")).folded(),
        Field::new("organizations", "Partner organizations", Type::References("organization"))
            .group(FieldGroup::People)
            .filtered(),
        Field::new("community", "Community", Type::Reference("community")).filtered(),
        Field::new("priority", "Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium"))
            .folded(),
        Field::new("description", "Description", Type::Multiline(10_000)).searchable(),
        Field::new("agenda", "Agenda", Type::Multiline(10_000)).folded(),
        Field::new("virtual_link", "Link for joining", Type::Url).folded(),
        Field::new("related_assessment", "Assessment", Type::Reference("assessment")).folded(),
        Field::new("related_ppa", "PPA", Type::Reference("ppa")).folded(),
        Field::new("expected_participants", "Expected participants", Type::Integer(0, 100_000)).folded(),
        Field::new("actual_participants", "Actual participants", Type::Integer(0, 100_000))
            .group(FieldGroup::Reporting)
            .folded(),
        Field::new("minutes", "Minutes", Type::Multiline(50_000))
            .group(FieldGroup::Reporting)
            .folded()
            .searchable(),
        Field::new("outcomes", "Outcomes", Type::Multiline(20_000)).group(FieldGroup::Reporting).folded(),
        series::RRULE,
        series::RDATES,
        series::EXDATES,
        series::OVERRIDES,
        Field::new("continues", "Continues", Type::Reference("event")).derived(),
    ],
    ..Kind::new("event", "events", "events")
};
