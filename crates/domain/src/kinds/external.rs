//! Calendars of others that the office looks at: subscribed by address or read in from a file, and their events.

use crate::accounts::Area;
use crate::choices::{EXTERNAL_EVENT_STATUSES, FETCH_STATUSES};
use crate::registry::{DateRole, Field, FieldType as Type, Initial, Kind, Module, series};

const FETCHED: &str = "Time of the last fetch, not an event.";

/// A calendar of somebody else.
pub static EXTERNAL_CALENDAR: Kind = Kind {
    label: "External calendar",
    plural: "External calendars",
    icon: "rss",
    purpose: "Calendars of ministries, schools and partners, subscribed by address or imported from a \
              file.",
    module: Module::External,
    area: Area::Reference,
    title: "name",
    state: "last_status",
    default_sort: "name",
    fields: &[
        Field::new("name", "Name", Type::Text(200)).required().searchable().listed(),
        Field::new("address", "Address", Type::Text(2000))
            .help("iCalendar address, starting with https or webcal. Leave empty for a calendar that is only imported from files. Only people who can edit this calendar see the full address.")
            .sealed()
            .listed(),
        Field::new("is_active", "Fetch regularly", Type::Boolean).initial(Initial::Boolean(true)).filtered(),
        Field::new("refresh_minutes", "Fetch every", Type::Integer(5, 10_080))
            .required()
            .initial(Initial::Integer(60))
            .help("Minutes, from 5 to 10,080 (a week)."),
        Field::new("last_status", "State", Type::Choice(FETCH_STATUSES))
            .initial(Initial::Text("waiting"))
            .derived()
            .listed()
            .filtered(),
        Field::new("event_count", "Events", Type::Integer(0, 1_000_000)).derived().listed(),
        Field::new("last_fetched_at", "Last fetched", Type::Instant)
            .derived()
            .listed()
            .not_on_calendar(FETCHED),
        Field::new("last_error", "Last error", Type::Text(2000)).derived(),
        Field::new("fetched_address", "Fetched address", Type::Text(2000)).sealed().secret(),
        Field::new("etag", "ETag", Type::Text(500)).secret(),
        Field::new("last_modified", "Last-Modified", Type::Text(500)).secret(),
    ],
    ..Kind::new("external_calendar", "external-calendars", "external_calendars")
};

/// An event of such a calendar. It is what the calendar says; nobody changes it here.
pub static EXTERNAL_EVENT: Kind = Kind {
    label: "External event",
    plural: "External events",
    icon: "calendar",
    purpose: "Events from external calendars.",
    module: Module::External,
    area: Area::Reference,
    state: "status",
    default_sort: "-start",
    dates: &[DateRole { movable: false, ..DateRole::span("external_event", "", "start", "end") }],
    writable: false,
    in_navigation: false,
    fields: &[
        Field::new("title", "Title", Type::Text(500)).required().searchable().listed(),
        Field::new("calendar", "Calendar", Type::Reference("external_calendar"))
            .required()
            .listed()
            .filtered(),
        Field::new("all_day", "All day", Type::Boolean).initial(Initial::Boolean(false)),
        Field::new("start", "Start", Type::Moment).required().listed(),
        Field::new("end", "End", Type::Moment).listed(),
        Field::new("timezone", "Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        Field::new("location", "Place", Type::Text(500)).searchable().listed(),
        Field::new("status", "Status", Type::Choice(EXTERNAL_EVENT_STATUSES)).listed().filtered(),
        Field::new("url", "Web page", Type::Url),
        Field::new("organizer_name", "Organizer", Type::Text(500)).searchable(),
        Field::new("description", "Description", Type::Multiline(20_000)).searchable(),
        series::RRULE,
        series::RDATES,
        series::EXDATES,
        series::OVERRIDES,
        Field::new("uid", "UID", Type::Text(500)).folded(),
        Field::new("recurrence_id", "Occurrence", Type::Text(30)).folded(),
        Field::new("source_key", "Key", Type::Text(64)).secret(),
        Field::new("source_hash", "Content", Type::Text(64)).secret(),
    ],
    ..Kind::new("external_event", "external-events", "external_events")
};
