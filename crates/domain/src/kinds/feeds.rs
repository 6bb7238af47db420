//! Feeds: calendar of a person at a secret address, for calendar programs.

use crate::accounts::Area;
use crate::choices::{CALENDAR_MODULES, PRIORITIES};
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module};

fields! {
    feed
        [crate::registry::shared: SECRET, SECRET_HASH, MADE_WITH, EXPIRES]
    {
        NAME: Text = "name",
        MODULES: List = "modules",
        MINE: Flag = "mine",
        KINDS: List = "kinds",
        STATUS: List = "status",
        PRIORITY: List = "priority",
        PERSON: References = "person",
        TEAM: References = "team",
        ORGANIZATION: References = "organization",
        RESOURCE: References = "resource",
        PLACE: Links = "place",
        TEXT: Text = "text",
        LAST_READ_AT: Instant = "last_read_at",
        READS: Integer = "reads",
    }
}

/// Feed. A reader with the address sees what its owner may see at that moment. Its filters have the names of the
/// parameters of the calendar, except `text`, which is `q` there: lists have a `q` of their own.
pub static FEED: Kind = Kind {
    label: "Calendar feed",
    plural: "Calendar feeds",
    icon: "rss",
    purpose: "Secret calendar addresses for Google Calendar, Outlook, a phone or any other calendar program.",
    module: Module::Administration,
    area: Area::Personal,
    title: feed::NAME.name(),
    default_sort: "name",
    in_navigation: false,
    fields: &[
        feed::NAME
            .field("Name", Type::Text(120))
            .required()
            .searchable()
            .help("Name of the calendar in the other program.")
            .listed(),
        feed::MODULES.field("Modules", Type::Choices(CALENDAR_MODULES)).help("Leave empty for all.").listed(),
        feed::MINE.field("Only my entries", Type::Boolean).initial(Initial::Boolean(false)).listed(),
        feed::KINDS
            .field("Kinds of entries", Type::Tags)
            .help("Leave empty for all of the selected modules.")
            .folded(),
        feed::STATUS.field("States", Type::Tags).help("Leave empty for all statuses.").folded(),
        feed::PRIORITY
            .field("Priorities", Type::Choices(PRIORITIES))
            .help("Leave empty for all priorities.")
            .folded(),
        feed::PERSON
            .field("People", Type::References("user"))
            .help("Only entries with one of these people.")
            .folded(),
        feed::TEAM
            .field("Teams", Type::References("team"))
            .help("Only entries of these teams or their members.")
            .folded(),
        feed::ORGANIZATION
            .field("Organizations", Type::References("organization"))
            .help("Only entries of these organizations or of records linked to them.")
            .folded(),
        feed::RESOURCE
            .field("Resources", Type::References("resource"))
            .help("Only entries that use one of these resources.")
            .folded(),
        feed::PLACE
            .field("Places", Type::Links(&["region", "province", "municipality", "barangay"]))
            .help("Only entries in these places, directly or through their community or parent record.")
            .folded(),
        feed::TEXT
            .field("Words of the title", Type::Text(200))
            .help("Beginnings of words in the title. All must match.")
            .folded(),
        feed::EXPIRES
            .field("Ends", Type::Instant)
            .help("The address stops working then. Leave empty for no expiry.")
            .not_on_calendar("Expiry of an address, not a date of the office.")
            .listed(),
        feed::LAST_READ_AT
            .field("Last read", Type::Instant)
            .derived()
            .not_on_calendar("time of a request, not a date of the office")
            .listed(),
        feed::READS.field("Times read", Type::Integer(0, i64::MAX)).derived(),
        // Encrypted, because the owner needs it again for the next device.
        feed::SECRET.field("Secret", Type::Text(300)).secret(),
        feed::SECRET_HASH.field("Hash of the secret", Type::Text(100)).secret(),
        feed::MADE_WITH.field("Token that created the address", Type::Text(40)).secret(),
    ],
    ..Kind::new("feed", "feeds", "feeds")
};
