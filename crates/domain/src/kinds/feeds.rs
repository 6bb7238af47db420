//! Feeds: a person's calendar under a secret address, for the calendar program on their phone or desk.

use crate::accounts::Area;
use crate::choices::{CALENDAR_MODULES, PRIORITIES};
use crate::registry::{Field, FieldType as Type, Initial, Kind, Module};

/// A feed. Whoever has its address reads it with the rights that its owner has at that moment. Its filters are those of
/// the calendar and have the names of its parameters, but for `text`, which is `q` there: lists have a `q` of their own.
pub static FEED: Kind = Kind {
    label: "Calendar feed",
    plural: "Calendar feeds",
    icon: "rss",
    purpose: "Secret calendar addresses for Google Calendar, Outlook, a phone or any other calendar program.",
    module: Module::Administration,
    area: Area::Personal,
    title: "name",
    default_sort: "name",
    in_navigation: false,
    fields: &[
        Field::new("name", "Name", Type::Text(120))
            .required()
            .searchable()
            .help("Name of the calendar in the other program.")
            .listed(),
        Field::new("modules", "Modules", Type::Choices(CALENDAR_MODULES))
            .help("Leave empty for all.")
            .listed(),
        Field::new("mine", "Only my entries", Type::Boolean).initial(Initial::Boolean(false)).listed(),
        Field::new("kinds", "Kinds of entries", Type::Tags)
            .help("Leave empty for all of the selected modules.")
            .folded(),
        Field::new("status", "States", Type::Tags).help("Leave empty for all statuses.").folded(),
        Field::new("priority", "Priorities", Type::Choices(PRIORITIES))
            .help("Leave empty for all priorities.")
            .folded(),
        Field::new("person", "People", Type::References("user"))
            .help("Only entries with one of these people.")
            .folded(),
        Field::new("team", "Teams", Type::References("team"))
            .help("Only entries of these teams or their members.")
            .folded(),
        Field::new("organization", "Organizations", Type::References("organization"))
            .help("Only entries of these organizations or of records linked to them.")
            .folded(),
        Field::new("resource", "Resources", Type::References("resource"))
            .help("Only entries that use one of these resources.")
            .folded(),
        Field::new("place", "Places", Type::Links(&["region", "province", "municipality", "barangay"]))
            .help("Only entries in these places, directly or through their community or parent record.")
            .folded(),
        Field::new("text", "Words of the title", Type::Text(200))
            .help("Beginnings of words in the title. All must match.")
            .folded(),
        Field::new("expires", "Ends", Type::Instant)
            .help("The address stops working then. Leave empty for no expiry.")
            .not_on_calendar("Expiry of an address, not a date of the office.")
            .listed(),
        Field::new("last_read_at", "Last read", Type::Instant)
            .derived()
            .not_on_calendar("time of a request, not a date of the office")
            .listed(),
        Field::new("reads", "Times read", Type::Integer(0, i64::MAX)).derived(),
        // Encrypted, as the owner looks it up again for the next device.
        Field::new("secret", "Secret", Type::Text(300)).secret(),
        Field::new("secret_hash", "Hash of the secret", Type::Text(100)).secret(),
        Field::new("made_with", "Token that created the address", Type::Text(40)).secret(),
    ],
    ..Kind::new("feed", "feeds", "feeds")
};
