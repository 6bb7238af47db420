//! External calendars, subscribed by address or imported from a file, and their events.

use crate::accounts::Area;
use crate::choices::{EXTERNAL_EVENT_STATUSES, FETCH_STATUSES};
use crate::registry::typed::fields;
use crate::registry::{DateRole, FieldType as Type, Initial, Kind, Module, series};

fields! {
    external_calendar {
        NAME: Text = "name",
        ADDRESS: Text = "address",
        IS_ACTIVE: Flag = "is_active",
        REFRESH_MINUTES: Integer = "refresh_minutes",
        LAST_STATUS: Text = "last_status",
        EVENT_COUNT: Integer = "event_count",
        LAST_FETCHED_AT: Instant = "last_fetched_at",
        LAST_ERROR: Text = "last_error",
        REMARKS: Structure = "remarks",
        FETCHED_ADDRESS: Text = "fetched_address",
        ETAG: Text = "etag",
        LAST_MODIFIED: Text = "last_modified",
    }
}

fields! {
    external_event
        [crate::registry::shared: TITLE, ALL_DAY, START, END, TIMEZONE, STATUS]
        [crate::registry::series: RRULE, RDATES, EXDATES, OVERRIDES]
    {
        CALENDAR: Reference = "calendar",
        LOCATION: Text = "location",
        URL: Text = "url",
        ORGANIZER_NAME: Text = "organizer_name",
        DESCRIPTION: Text = "description",
        UID: Text = "uid",
        RECURRENCE_ID: Text = "recurrence_id",
        REMARKS: Text = "remarks",
        SOURCE_KEY: Text = "source_key",
        SOURCE_HASH: Text = "source_hash",
    }
}

const FETCHED: &str = "Time of the last fetch, not an event.";

/// External calendar.
pub static EXTERNAL_CALENDAR: Kind = Kind {
    label: "External calendar",
    plural: "External calendars",
    icon: "rss",
    purpose: "Calendars of ministries, schools and partners, subscribed by address or imported from a \
              file.",
    module: Module::External,
    area: Area::Reference,
    title: external_calendar::NAME.name(),
    state: external_calendar::LAST_STATUS.name(),
    default_sort: "name",
    fields: &[
        external_calendar::NAME.field("Name", Type::Text(200)).required().searchable().listed(),
        external_calendar::ADDRESS.field("Address", Type::Text(2000))
            .help("iCalendar address, starting with https or webcal. Leave empty for a calendar that is only imported from files. Only people who can edit this calendar see the full address.")
            .sealed()
            .listed(),
        external_calendar::IS_ACTIVE.field("Fetch regularly", Type::Boolean).initial(Initial::Boolean(true)).filtered(),
        external_calendar::REFRESH_MINUTES.field("Fetch every", Type::Integer(5, 10_080))
            .required()
            .initial(Initial::Integer(60))
            .help("Minutes, from 5 to 10,080 (a week)."),
        external_calendar::LAST_STATUS.field("State", Type::Choice(FETCH_STATUSES))
            .initial(Initial::Text("waiting"))
            .derived()
            .listed()
            .filtered(),
        external_calendar::EVENT_COUNT.field("Events", Type::Integer(0, 1_000_000)).derived().listed(),
        external_calendar::LAST_FETCHED_AT.field("Last fetched", Type::Instant)
            .derived()
            .listed()
            .not_on_calendar(FETCHED),
        external_calendar::LAST_ERROR.field("Last error", Type::Text(2000)).derived(),
        external_calendar::REMARKS
            .field("Remarks", Type::Structure(|_| Ok(())))
            .help("What was guessed, mended or skipped in the last reading, each with its line of the file.")
            .derived(),
        external_calendar::FETCHED_ADDRESS.field("Fetched address", Type::Text(2000)).sealed().secret(),
        external_calendar::ETAG.field("ETag", Type::Text(500)).secret(),
        external_calendar::LAST_MODIFIED.field("Last-Modified", Type::Text(500)).secret(),
    ],
    ..Kind::new("external_calendar", "external-calendars", "external_calendars")
};

/// Event of an external calendar; read-only here.
pub static EXTERNAL_EVENT: Kind = Kind {
    label: "External event",
    plural: "External events",
    icon: "calendar",
    purpose: "Events from external calendars.",
    module: Module::External,
    area: Area::Reference,
    state: external_event::STATUS.name(),
    default_sort: "-start",
    dates: &[DateRole {
        movable: false,
        ..DateRole::span("external_event", "", external_event::START.name(), external_event::END.name())
    }],
    writable: false,
    in_navigation: false,
    fields: &[
        external_event::TITLE.field("Title", Type::Text(500)).required().searchable().listed(),
        external_event::CALENDAR
            .field("Calendar", Type::Reference("external_calendar"))
            .required()
            .listed()
            .filtered(),
        external_event::ALL_DAY.field("All day", Type::Boolean).initial(Initial::Boolean(false)),
        external_event::START.field("Start", Type::Moment).required().listed(),
        external_event::END.field("End", Type::Moment).listed(),
        external_event::TIMEZONE
            .field("Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        external_event::LOCATION.field("Place", Type::Text(500)).searchable().listed(),
        external_event::STATUS.field("Status", Type::Choice(EXTERNAL_EVENT_STATUSES)).listed().filtered(),
        external_event::URL.field("Web page", Type::Url),
        external_event::ORGANIZER_NAME.field("Organizer", Type::Text(500)).searchable(),
        external_event::DESCRIPTION.field("Description", Type::Multiline(20_000)).searchable(),
        series::RRULE_FIELD,
        series::RDATES_FIELD,
        series::EXDATES_FIELD,
        series::OVERRIDES_FIELD,
        external_event::UID.field("UID", Type::Text(500)).folded(),
        external_event::RECURRENCE_ID.field("Occurrence", Type::Text(30)).folded(),
        external_event::REMARKS
            .field("Remarks", Type::Multiline(4_000))
            .help("What was guessed or mended in reading it, with the line of the file."),
        external_event::SOURCE_KEY.field("Key", Type::Text(64)).secret(),
        external_event::SOURCE_HASH.field("Content", Type::Text(64)).secret(),
    ],
    ..Kind::new("external_event", "external-events", "external_events")
};
