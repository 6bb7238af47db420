//! Shares: a part of the calendar for people without an account, under a secret address.

use crate::accounts::Area;
use crate::choices::Choice;
use crate::registry::{Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

/// Modules that can be shared: neither what is about the people of the office nor external calendars.
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

/// Days that a share shows at most.
pub const MOST_DAYS: i32 = 400;
/// Characters of a pass phrase at least.
pub const LEAST_PASSPHRASE: usize = 4;

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "start", "end", errors);
    if let (Some(start), Some(end)) = (record.date("start"), record.date("end"))
        && start.until(end).is_ok_and(|span| span.get_days() >= MOST_DAYS)
    {
        let message = format!("The period must be at most {MOST_DAYS} days.");
        errors.push(FieldError::new("end", "range", message));
    }
}

/// A share. Whoever has its address sees title, time, place and module of what its maker may see, and nothing else.
pub static SHARE: Kind = Kind {
    label: "Shared calendar",
    plural: "Shared calendars",
    icon: "share-2",
    purpose: "Parts of the calendar for people without an account: title, time and place, at a secret address.",
    module: Module::Administration,
    area: Area::Personal,
    title: "name",
    default_sort: "-created_at",
    rules,
    in_navigation: false,
    fields: &[
        Field::new("name", "Name", Type::Text(120)).required().help("Shown at the top of the page.").listed(),
        Field::new("modules", "Modules", Type::Choices(SHARED_MODULES))
            .required()
            .help("Only these modules are shown.")
            .listed(),
        Field::new("start", "From", Type::Date)
            .help("Leave empty for the day of the visit.")
            .not_on_calendar("Limits what is shown; not a date of the office."),
        Field::new("end", "To", Type::Date)
            .help("Last day shown. Leave empty for 90 days from the first.")
            .not_on_calendar("Limits what is shown; not a date of the office."),
        Field::new("passphrase", "Pass phrase", Type::Text(200))
            .write_only()
            .help("Visitors must enter it first. Do not send it together with the address."),
        Field::new("has_passphrase", "Needs a pass phrase", Type::Boolean)
            .derived()
            .initial(Initial::Boolean(false))
            .listed(),
        Field::new("max_views", "View limit", Type::Integer(1, 1_000_000))
            .help("Each opening or reload counts as a view. Leave empty for no limit."),
        Field::new("view_count", "Views", Type::Integer(0, i64::MAX))
            .derived()
            .initial(Initial::Integer(0))
            .listed(),
        Field::new("expires", "Ends", Type::Instant)
            .help("The address stops working then. Leave empty for no expiry.")
            .not_on_calendar("Expiry of an address, not a date of the office.")
            .listed(),
        Field::new("last_viewed_at", "Last viewed", Type::Instant)
            .derived()
            .not_on_calendar("Past date.")
            .listed(),
        // Encrypted, as its maker looks it up again to pass it on.
        Field::new("secret", "Secret", Type::Text(300)).secret(),
        Field::new("secret_hash", "Hash of the secret", Type::Text(100)).secret(),
        Field::new("made_with", "Token that created the address", Type::Text(40)).secret(),
    ],
    ..Kind::new("share", "shares", "shares")
};
