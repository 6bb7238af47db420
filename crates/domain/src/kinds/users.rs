//! Users: accounts of people.

use crate::accounts::Area;
use crate::accounts::preferences::{check_quiet_hours, check_reminders};
use crate::choices::{CALENDAR_MODULES, Choice, REMINDER_CHANNELS};
use crate::core::hours::check_opening_hours;
use crate::registry::typed::fields;
use crate::registry::{FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    user {
        USERNAME: Text = "username",
        FULL_NAME: Text = "full_name",
        EMAIL: Text = "email",
        ROLES: List = "roles",
        POSITION: Text = "position",
        PHONE: Text = "phone",
        ORGANIZATION: Reference = "organization",
        COMMUNITIES: References = "communities",
        TIMEZONE: Text = "timezone",
        THEME: Text = "theme",
        WEEK_START: Text = "week_start",
        DEFAULT_VIEW: Text = "default_view",
        DEFAULT_MODULES: List = "default_modules",
        SHOW_HIJRI: Flag = "show_hijri",
        REMINDERS: Structure = "reminders",
        REMINDER_CHANNELS: List = "reminder_channels",
        WORKING_HOURS: Structure = "working_hours",
        QUIET_HOURS: Structure = "quiet_hours",
        IS_DISABLED: Flag = "is_disabled",
        LAST_SIGN_IN_AT: Instant = "last_sign_in_at",
        PASSWORD_HASH: Text = "password_hash",
    }
}

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

/// Initial views of the calendar.
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
    if let Err(error) = crate::accounts::username::check(user::USERNAME.get(record)) {
        errors.push(FieldError::new(user::USERNAME.name(), "format", error.message()));
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
    title: user::FULL_NAME.name(),
    default_sort: "full_name",
    rules,
    in_navigation: false,
    fields: &[
        user::USERNAME
            .field("User name", Type::Text(40))
            .required()
            .unique()
            .help("Lower-case letters, digits, dots, hyphens and underscores.")
            .searchable()
            .listed(),
        user::FULL_NAME.field("Full name", Type::Text(200)).required().searchable().listed(),
        user::EMAIL.field("E-mail", Type::Email).listed(),
        user::ROLES.field("Roles", Type::Choices(ROLES)).listed(),
        user::POSITION.field("Position", Type::Text(200)).searchable().listed(),
        user::PHONE.field("Phone", Type::Text(60)).personal(),
        user::ORGANIZATION
            .field("Organization", Type::Reference("organization"))
            .help("Partners see records of their organization.")
            .filtered(),
        user::COMMUNITIES
            .field("Communities", Type::References("community"))
            .help("Partners see records of their communities."),
        user::TIMEZONE
            .field("Time zone", Type::TimeZone)
            .required()
            .initial(Initial::OfficeTimeZone)
            .folded(),
        user::THEME
            .field("Theme", Type::Choice(THEMES))
            .required()
            .initial(Initial::Text("auto"))
            .folded()
            .personal(),
        user::WEEK_START
            .field("Week starts on", Type::Choice(WEEK_STARTS))
            .required()
            .initial(Initial::Text("monday"))
            .folded()
            .personal(),
        user::DEFAULT_VIEW
            .field("Calendar opens with", Type::Choice(VIEWS))
            .required()
            .initial(Initial::Text("month"))
            .folded()
            .personal(),
        user::DEFAULT_MODULES
            .field("Default modules", Type::Choices(CALENDAR_MODULES))
            .help("Leave empty for all.")
            .folded()
            .personal(),
        user::SHOW_HIJRI
            .field("Show Hijri dates", Type::Boolean)
            .initial(Initial::Boolean(true))
            .folded()
            .personal(),
        // Stored by an earlier version. Neither shown nor accepted until reminders are delivered.
        user::REMINDERS.field("Reminders (minutes before)", Type::Structure(check_reminders)).secret(),
        user::REMINDER_CHANNELS.field("Reminder channels", Type::Choices(REMINDER_CHANNELS)).secret(),
        user::WORKING_HOURS
            .field("Working hours", Type::Structure(check_opening_hours))
            .help(
                "Suggested times are within these hours. Leave empty for the office hours, Monday to Friday.",
            )
            .folded(),
        user::QUIET_HOURS.field("Quiet hours", Type::Structure(check_quiet_hours)).secret(),
        user::IS_DISABLED
            .field("Disabled", Type::Boolean)
            .derived()
            .initial(Initial::Boolean(false))
            .listed()
            .filtered(),
        user::LAST_SIGN_IN_AT
            .field("Last signed in", Type::Instant)
            .derived()
            .personal()
            .not_on_calendar("Past date."),
        user::PASSWORD_HASH.field("Password", Type::Text(300)).secret(),
    ],
    ..Kind::new("user", "users", "users")
};
