//! Shares: a part of the calendar at a secret address, for people without an account.

use crate::accounts::Area;
use crate::choices::Choice;
use crate::message;
use crate::registry::typed::fields;
use crate::registry::{FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    share
        [crate::registry::shared: SECRET, SECRET_HASH, MADE_WITH, EXPIRES]
    {
        NAME: Text = "name",
        MODULES: List = "modules",
        START: Date = "start",
        END: Date = "end",
        PASSPHRASE: Text = "passphrase",
        HAS_PASSPHRASE: Flag = "has_passphrase",
        MAX_VIEWS: Integer = "max_views",
        VIEW_COUNT: Integer = "view_count",
        LAST_VIEWED_AT: Instant = "last_viewed_at",
    }
}

/// Modules that can be shared: neither those about people of the office nor external calendars.
pub const SHARED_MODULES: &[Choice] = &[
    Choice { value: "coordination", label: "Coordination" },
    Choice { value: "mana", label: "Mapping and needs" },
    Choice { value: "projects", label: "Projects" },
    Choice { value: "tasks", label: "Tasks" },
    Choice { value: "policy", label: "Policy" },
    Choice { value: "services", label: "Services" },
    Choice { value: "communities", label: "Communities" },
    Choice { value: "resources", label: "Resources" },
    Choice { value: "holidays", label: "Holidays" },
];

/// Maximum number of days that a share shows.
pub const MOST_DAYS: i32 = 400;
/// Minimum number of characters of a passphrase.
pub const LEAST_PASSPHRASE: usize = 4;

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, share::START, share::END, errors);
    if let (Some(start), Some(end)) = (share::START.get(record), share::END.get(record))
        && start.until(end).is_ok_and(|span| span.get_days() >= MOST_DAYS)
    {
        let message = message!("The period must be at most {MOST_DAYS} days.", MOST_DAYS);
        errors.push(FieldError::new(share::END.name(), "range", message));
    }
}

/// Share. A reader with the address sees title, time, place and module of what its creator may see, and nothing else.
pub static SHARE: Kind = Kind {
    label: "Shared calendar",
    plural: "Shared calendars",
    icon: "share-2",
    purpose: "Parts of the calendar for people without an account: title, time and place, at a secret address.",
    module: Module::Administration,
    area: Area::Personal,
    title: share::NAME.name(),
    default_sort: "-created_at",
    rules,
    in_navigation: false,
    fields: &[
        share::NAME.field("Name", Type::Text(120)).required().help("Shown at the top of the page.").listed(),
        share::MODULES
            .field("Modules", Type::Choices(SHARED_MODULES))
            .required()
            .help("Only these modules are shown.")
            .listed(),
        share::START
            .field("From", Type::Date)
            .help("Leave empty for the day of the visit.")
            .not_on_calendar("Limits what is shown; not a date of the office."),
        share::END
            .field("To", Type::Date)
            .help("Last day shown. Leave empty for 90 days from the first.")
            .not_on_calendar("Limits what is shown; not a date of the office."),
        share::PASSPHRASE
            .field("Pass phrase", Type::Text(200))
            .write_only()
            .help("Visitors must enter it first. Do not send it together with the address."),
        share::HAS_PASSPHRASE
            .field("Needs a pass phrase", Type::Boolean)
            .derived()
            .initial(Initial::Boolean(false))
            .listed(),
        share::MAX_VIEWS
            .field("View limit", Type::Integer(1, 1_000_000))
            .help("Each opening or reload counts as a view. Leave empty for no limit."),
        share::VIEW_COUNT
            .field("Views", Type::Integer(0, i64::MAX))
            .derived()
            .initial(Initial::Integer(0))
            .listed(),
        share::EXPIRES
            .field("Ends", Type::Instant)
            .help("The address stops working then. Leave empty for no expiry.")
            .not_on_calendar("Expiry of an address, not a date of the office.")
            .listed(),
        share::LAST_VIEWED_AT
            .field("Last viewed", Type::Instant)
            .derived()
            .not_on_calendar("Past date.")
            .listed(),
        // Encrypted, because its creator needs it again to pass it on.
        share::SECRET.field("Secret", Type::Text(300)).secret(),
        share::SECRET_HASH.field("Hash of the secret", Type::Text(100)).secret(),
        share::MADE_WITH.field("Token that created the address", Type::Text(40)).secret(),
    ],
    ..Kind::new("share", "shares", "shares")
};
