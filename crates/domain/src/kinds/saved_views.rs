//! Saved views: named filters of a page, owned by one person.

use crate::accounts::Area;
use crate::choices::Choice;
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module};

fields! {
    saved_view {
        NAME: Text = "name",
        PAGE: Text = "page",
        QUERY: Text = "query",
        IS_DEFAULT: Flag = "is_default",
        POSITION: Integer = "position",
    }
}

/// Pages whose filters and view are in the address and can be saved.
const PAGES: &[Choice] = &[
    Choice { value: "calendar", label: "Calendar" },
    Choice { value: "board", label: "Board" },
    Choice { value: "tasks", label: "Tasks" },
];

/// Saved view. A person has one default for a page: a rule of the commands clears the previous default when another
/// one is set.
pub static SAVED_VIEW: Kind = Kind {
    label: "Saved view",
    plural: "Saved views",
    icon: "list-filter",
    purpose: "Named filters and views of a page.",
    module: Module::Administration,
    area: Area::Personal,
    title: saved_view::NAME.name(),
    default_sort: "position",
    in_navigation: false,
    fields: &[
        saved_view::NAME.field("Name", Type::Text(80)).required().listed(),
        saved_view::PAGE
            .field("Page", Type::Choice(PAGES))
            .required()
            .initial(Initial::Text("calendar"))
            .listed()
            .filtered(),
        saved_view::QUERY.field("Filters", Type::Text(2000)).help("Query part of the page address.").listed(),
        saved_view::IS_DEFAULT
            .field("Default", Type::Boolean)
            .initial(Initial::Boolean(false))
            .help("The page opens with this view.")
            .listed()
            .filtered(),
        saved_view::POSITION
            .field("Position", Type::Integer(0, 10_000))
            .initial(Initial::Integer(0))
            .help("Lower numbers are listed first."),
    ],
    ..Kind::new("saved_view", "saved-views", "saved_views")
};
