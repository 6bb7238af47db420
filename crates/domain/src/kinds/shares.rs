//! Shares: a part of the calendar for people without an account, under a secret address.

use crate::accounts::Area;
use crate::choices::Choice;
use crate::registry::{Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

/// Modules that can be shared: neither what is about the people of the office nor the calendars of others.
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
        let message = format!("A share shows at most {MOST_DAYS} days.");
        errors.push(FieldError::new("end", "range", message));
    }
}

/// A share. Whoever has its address sees title, time, place and module of what its maker may see, and nothing else.
pub static SHARE: Kind = Kind {
    label: "Shared calendar",
    plural: "Shared calendars",
    icon: "share-2",
    purpose: "A part of the calendar for people without an account: title, time and place, under a secret address.",
    module: Module::Administration,
    area: Area::Personal,
    title: "name",
    default_sort: "-created_at",
    rules,
    in_navigation: false,
    fields: &[
        Field::new("name", "Name", Type::Text(120))
            .required()
            .help("Stands at the head of the page.")
            .listed(),
        Field::new("modules", "Modules", Type::Choices(SHARED_MODULES))
            .required()
            .help("Nothing else is shown.")
            .listed(),
        Field::new("start", "From", Type::Date)
            .help("Empty: from the day on which somebody looks.")
            .not_on_calendar("It bounds what is shown and is no date of the office."),
        Field::new("end", "To", Type::Date)
            .help("The last day that shows. Empty: 90 days from the first.")
            .not_on_calendar("It bounds what is shown and is no date of the office."),
        Field::new("passphrase", "Pass phrase", Type::Text(200))
            .write_only()
            .help("Asked for before anything shows. Tell it by another way than the address."),
        Field::new("has_passphrase", "Needs a pass phrase", Type::Boolean)
            .derived()
            .initial(Initial::Boolean(false))
            .listed(),
        Field::new("max_views", "Views at most", Type::Integer(1, 1_000_000))
            .help("Every opening of the page is one, reloading it too. Empty: as many as come."),
        Field::new("view_count", "Views", Type::Integer(0, i64::MAX))
            .derived()
            .initial(Initial::Integer(0))
            .listed(),
        Field::new("expires", "Ends", Type::Instant)
            .help("After that the address shows nothing. Empty: when you revoke it.")
            .not_on_calendar("It is the end of an address and no date of the office.")
            .listed(),
        Field::new("last_viewed_at", "Last viewed", Type::Instant)
            .derived()
            .not_on_calendar("A record of the past.")
            .listed(),
        // Encrypted, as its maker looks it up again to pass it on.
        Field::new("secret", "Secret", Type::Text(300)).secret(),
        Field::new("secret_hash", "Hash of the secret", Type::Text(100)).secret(),
        Field::new("made_with", "Token that made the address", Type::Text(40)).secret(),
    ],
    ..Kind::new("share", "shares", "shares")
};
