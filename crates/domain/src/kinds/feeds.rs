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
    purpose: "The calendar under a secret address, for Google Calendar, Outlook, a phone or any other calendar program.",
    module: Module::Administration,
    area: Area::Personal,
    title: "name",
    default_sort: "name",
    in_navigation: false,
    fields: &[
        Field::new("name", "Name", Type::Text(120))
            .required()
            .searchable()
            .help("What the calendar is called in the other program.")
            .listed(),
        Field::new("modules", "Modules", Type::Choices(CALENDAR_MODULES))
            .help("All of them when none is chosen.")
            .listed(),
        Field::new("mine", "Only what I am on", Type::Boolean).initial(Initial::Boolean(false)).listed(),
        Field::new("kinds", "Kinds of entries", Type::Tags)
            .help("All of the chosen modules when none is chosen.")
            .folded(),
        Field::new("status", "States", Type::Tags).help("Whatever the state when none is chosen.").folded(),
        Field::new("priority", "Priorities", Type::Choices(PRIORITIES))
            .help("Whatever the priority when none is chosen.")
            .folded(),
        Field::new("person", "People", Type::References("user"))
            .help("Only what one of them is on.")
            .folded(),
        Field::new("team", "Teams", Type::References("team"))
            .help("Only what names one of them, or what one of their people is on.")
            .folded(),
        Field::new("organization", "Organizations", Type::References("organization"))
            .help("Only what names one of them, or belongs to something that does.")
            .folded(),
        Field::new("resource", "Resources", Type::References("resource"))
            .help("Only what takes one of them.")
            .folded(),
        Field::new("place", "Places", Type::Links(&["region", "province", "municipality", "barangay"]))
            .help("Only what lies there by itself, its community or what it belongs to.")
            .folded(),
        Field::new("text", "Words of the title", Type::Text(200))
            .help("Each of them begins a word of the title.")
            .folded(),
        Field::new("expires", "Ends", Type::Instant)
            .help("After that the address answers no more. Leave empty for no end.")
            .not_on_calendar("It is the end of an address and no date of the office.")
            .listed(),
        Field::new("last_read_at", "Last read", Type::Instant)
            .derived()
            .not_on_calendar("when a program asked for the feed is no date of the office")
            .listed(),
        Field::new("reads", "Times read", Type::Integer(0, i64::MAX)).derived(),
        // Encrypted, as the owner looks it up again for the next device.
        Field::new("secret", "Secret", Type::Text(300)).secret(),
        Field::new("secret_hash", "Hash of the secret", Type::Text(100)).secret(),
        Field::new("made_with", "Token that made the address", Type::Text(40)).secret(),
    ],
    ..Kind::new("feed", "feeds", "feeds")
};
