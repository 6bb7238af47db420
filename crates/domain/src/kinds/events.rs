//! Events: meetings, consultations, workshops and the like, with preparation before and follow-up after.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{EVENT_STATUSES, EVENT_TYPES, PRIORITIES};
use crate::registry::typed::fields;
use crate::registry::{Concern, DateRole, FieldType as Type, Initial, Kind, Module, Total, series};

fields! {
    event
        [crate::registry::shared: TITLE, ALL_DAY, START, END, TIMEZONE, STATUS, PRIORITY]
        [crate::registry::series: CONTINUES, RRULE, RDATES, EXDATES, OVERRIDES]
    {
        EVENT_TYPE: Text = "event_type",
        VENUE: Text = "venue",
        ORGANIZER: Reference = "organizer",
        PARTICIPANTS: References = "participants",
        FACILITATORS: References = "facilitators",
        ORGANIZATIONS: References = "organizations",
        COMMUNITY: Reference = "community",
        DESCRIPTION: Text = "description",
        AGENDA: Text = "agenda",
        VIRTUAL_LINK: Text = "virtual_link",
        RELATED_ASSESSMENT: Reference = "related_assessment",
        RELATED_PPA: Reference = "related_ppa",
        EXPECTED_PARTICIPANTS: Integer = "expected_participants",
        ACTUAL_PARTICIPANTS: Integer = "actual_participants",
        MINUTES: Text = "minutes",
        OUTCOMES: Text = "outcomes",
    }
}

/// An event.
pub static EVENT: Kind = Kind {
    label: "Event",
    plural: "Events",
    icon: "calendar-days",
    purpose: "Meetings, consultations, workshops and field visits. Preparation and follow-up tasks are generated.",
    module: Module::Coordination,
    area: Area::Work,
    state: event::STATUS.name(),
    default_sort: "-start",
    upcoming_first: true,
    people: &[event::ORGANIZER.name(), event::PARTICIPANTS.name(), event::FACILITATORS.name()],
    invited: &[event::PARTICIPANTS.name(), event::FACILITATORS.name()],
    concerns: &[Concern::field(event::COMMUNITY), Concern::field(event::ORGANIZATIONS)],
    dates: &[DateRole::span("event", "", event::START.name(), event::END.name())],
    told_apart_by: &[event::START.name()],
    fields: &[
        event::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        event::EVENT_TYPE
            .field("Type", Type::Choice(EVENT_TYPES))
            .required()
            .initial(Initial::Text("meeting"))
            .help("Determines the generated preparation and follow-up tasks.")
            .listed()
            .filtered(),
        event::ALL_DAY.field("All day", Type::Boolean).initial(Initial::Boolean(false)),
        event::START.field("Start", Type::Moment).required().listed(),
        event::END
            .field("End", Type::Moment)
            .help("Leave empty for one hour, or one day for all-day entries."),
        event::TIMEZONE
            .field("Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        event::VENUE.field("Venue", Type::Text(255)).searchable().listed(),
        event::STATUS
            .field("Status", Type::Choice(EVENT_STATUSES))
            .required()
            .initial(Initial::Text("scheduled"))
            .listed()
            .filtered(),
        event::ORGANIZER
            .field("Organizer", Type::Reference("user"))
            .initial(Initial::Actor)
            .listed()
            .filtered(),
        event::PARTICIPANTS.field("Participants", Type::References("user")).filtered(),
        event::FACILITATORS.field("Facilitators", Type::References("user")).folded(),
        event::ORGANIZATIONS
            .field("Partner organizations", Type::References("organization"))
            .group(FieldGroup::People)
            .filtered(),
        event::COMMUNITY.field("Community", Type::Reference("community")).filtered(),
        event::PRIORITY
            .field("Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium"))
            .folded(),
        event::DESCRIPTION.field("Description", Type::Multiline(10_000)).searchable(),
        event::AGENDA.field("Agenda", Type::Multiline(10_000)).folded(),
        event::VIRTUAL_LINK.field("Link for joining", Type::Url).folded(),
        event::RELATED_ASSESSMENT.field("Assessment", Type::Reference("assessment")).folded(),
        event::RELATED_PPA.field("PPA", Type::Reference("ppa")).folded(),
        event::EXPECTED_PARTICIPANTS
            .field("Expected participants", Type::Integer(0, 100_000))
            .total(Total::Sum)
            .folded(),
        event::ACTUAL_PARTICIPANTS
            .field("Actual participants", Type::Integer(0, 100_000))
            .total(Total::Sum)
            .group(FieldGroup::Reporting)
            .folded(),
        event::MINUTES
            .field("Minutes", Type::Multiline(50_000))
            .group(FieldGroup::Reporting)
            .folded()
            .searchable(),
        event::OUTCOMES.field("Outcomes", Type::Multiline(20_000)).group(FieldGroup::Reporting).folded(),
        series::RRULE_FIELD,
        series::RDATES_FIELD,
        series::EXDATES_FIELD,
        series::OVERRIDES_FIELD,
        event::CONTINUES.field("Continues", Type::Reference("event")).derived(),
    ],
    has_attachments: true,
    ..Kind::new("event", "events", "events")
};
