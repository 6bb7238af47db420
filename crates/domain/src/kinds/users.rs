//! Users: the people who sign in.

use crate::accounts::Area;
use crate::accounts::preferences::{check_quiet_hours, check_reminders};
use crate::choices::{CALENDAR_MODULES, Choice, REMINDER_CHANNELS};
use crate::core::hours::check_opening_hours;
use crate::registry::{Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

/// The six roles as choices.
pub const ROLES: &[Choice] = &[
    Choice { value: "admin", label: "Administrator" },
    Choice { value: "coordinator", label: "Coordinator" },
    Choice { value: "budget_officer", label: "Budget officer" },
    Choice { value: "executive", label: "Executive" },
    Choice { value: "staff", label: "Staff" },
    Choice { value: "partner", label: "Partner" },
];

const THEMES: &[Choice] = &[
    Choice { value: "auto", label: "Same as device" },
    Choice { value: "light", label: "Light" },
    Choice { value: "dark", label: "Dark" },
];

const WEEK_STARTS: &[Choice] =
    &[Choice { value: "monday", label: "Monday" }, Choice { value: "sunday", label: "Sunday" }];

/// Views with which the calendar may open.
const VIEWS: &[Choice] = &[
    Choice { value: "day", label: "Day" },
    Choice { value: "week", label: "Week" },
    Choice { value: "weeks", label: "Several weeks" },
    Choice { value: "month", label: "Month" },
    Choice { value: "year", label: "Year" },
    Choice { value: "agenda", label: "Agenda" },
    Choice { value: "people", label: "People" },
    Choice { value: "resources", label: "Resources" },
];

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    if let Err(error) = crate::accounts::username::check(record.text("username")) {
        errors.push(FieldError::new("username", "format", error.to_string()));
    }
}

/// A user.
pub static USER: Kind = Kind {
    label: "User",
    plural: "Users",
    icon: "circle-user-round",
    purpose: "People who sign in, and their roles.",
    module: Module::Administration,
    area: Area::Accounts,
    title: "full_name",
    default_sort: "full_name",
    rules,
    in_navigation: false,
    fields: &[
        Field::new("username", "User name", Type::Text(40))
            .required()
            .unique()
            .help("Lower-case letters, digits, dots, hyphens and underscores.")
            .searchable()
            .listed(),
        Field::new("full_name", "Full name", Type::Text(200)).required().searchable().listed(),
        Field::new("email", "E-mail", Type::Email).listed(),
        Field::new("roles", "Roles", Type::Choices(ROLES)).listed(),
        Field::new("position", "Position", Type::Text(200)).searchable().listed(),
        Field::new("phone", "Phone", Type::Text(60)).personal(),
        Field::new("organization", "Organization", Type::Reference("organization"))
            .help("Partners see records of their organization.")
            .filtered(),
        Field::new("communities", "Communities", Type::References("community"))
            .help("Partners see records of their communities."),
        Field::new("timezone", "Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        Field::new("theme", "Theme", Type::Choice(THEMES))
            .required()
            .initial(Initial::Text("auto"))
            .folded()
            .personal(),
        Field::new("week_start", "Week starts on", Type::Choice(WEEK_STARTS))
            .required()
            .initial(Initial::Text("monday"))
            .folded()
            .personal(),
        Field::new("default_view", "Calendar opens with", Type::Choice(VIEWS))
            .required()
            .initial(Initial::Text("month"))
            .folded()
            .personal(),
        Field::new("default_modules", "Default modules", Type::Choices(CALENDAR_MODULES))
            .help("Leave empty for all.")
            .folded()
            .personal(),
        Field::new("show_hijri", "Show Hijri dates", Type::Boolean)
            .initial(Initial::Boolean(true))
            .folded()
            .personal(),
        // Stored by an earlier version. Neither shown nor taken until reminders are delivered.
        Field::new("reminders", "Reminders (minutes before)", Type::Structure(check_reminders)).secret(),
        Field::new("reminder_channels", "Reminder channels", Type::Choices(REMINDER_CHANNELS)).secret(),
        Field::new("working_hours", "Working hours", Type::Structure(check_opening_hours))
            .help(
                "Suggested times are within these hours. Leave empty for the office hours, Monday to Friday.",
            )
            .folded(),
        Field::new("quiet_hours", "Quiet hours", Type::Structure(check_quiet_hours)).secret(),
        Field::new("is_disabled", "Disabled", Type::Boolean)
            .derived()
            .initial(Initial::Boolean(false))
            .listed()
            .filtered(),
        Field::new("last_sign_in_at", "Last signed in", Type::Instant)
            .derived()
            .personal()
            .not_on_calendar("Past date."),
        Field::new("password_hash", "Password", Type::Text(300)).secret(),
    ],
    ..Kind::new("user", "users", "users")
};
