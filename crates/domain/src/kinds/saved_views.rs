//! Saved views: the filters of a page under a name, each person's own.

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

/// Pages whose filters and view stand in the address and can be saved.
const PAGES: &[Choice] = &[
    Choice { value: "calendar", label: "Calendar" },
    Choice { value: "board", label: "Board" },
    Choice { value: "tasks", label: "Tasks" },
];

/// A saved view. The one that is the default of its page is chosen by the rule in the commands: a person has one
/// default for a page, and making another one the default takes the mark from the one before.
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
