//! Saved views: named filters of a page, owned by one person, who can share them with the office.

use crate::accounts::Area;
use crate::choices::{Choice, contains};
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module};

fields! {
    saved_view {
        NAME: Text = "name",
        PAGE: Text = "page",
        QUERY: Text = "query",
        IS_DEFAULT: Flag = "is_default",
        IS_SHARED: Flag = "is_shared",
        POSITION: Integer = "position",
    }
}

/// Pages whose filters and view are in the address and can be saved: calendar, board, and the list of every kind.
const PAGES: &[Choice] = &[
    Choice { value: "calendar", label: "Calendar" },
    Choice { value: "board", label: "Board" },
    Choice { value: "events", label: "Events" },
    Choice { value: "tasks", label: "Tasks" },
    Choice { value: "needs", label: "Needs" },
    Choice { value: "ppas", label: "PPAs" },
    Choice { value: "projects", label: "Projects" },
    Choice { value: "goals", label: "Strategic goals" },
    Choice { value: "indicators", label: "Indicators" },
    Choice { value: "measurements", label: "Measurements" },
    Choice { value: "updates", label: "Updates" },
    Choice { value: "alerts", label: "Alerts" },
    Choice { value: "reports", label: "Reports" },
    Choice { value: "report-schedules", label: "Report schedules" },
    Choice { value: "budget-cycle-stages", label: "Budget-cycle stages" },
    Choice { value: "tranches", label: "Ledger entries" },
    Choice { value: "ceilings", label: "Ceilings" },
    Choice { value: "scenarios", label: "Scenarios" },
    Choice { value: "assessments", label: "Assessments" },
    Choice { value: "policies", label: "Policies" },
    Choice { value: "policy-milestones", label: "Policy milestones" },
    Choice { value: "services", label: "Services" },
    Choice { value: "applications", label: "Applications" },
    Choice { value: "communities", label: "Communities" },
    Choice { value: "organizations", label: "Organizations" },
    Choice { value: "resources", label: "Resources" },
    Choice { value: "bookings", label: "Bookings" },
    Choice { value: "teams", label: "Teams" },
    Choice { value: "task-templates", label: "Task templates" },
    Choice { value: "holidays", label: "Holidays" },
    Choice { value: "hijri-adjustments", label: "Moon sightings" },
    Choice { value: "delegations", label: "Delegations" },
    Choice { value: "external-calendars", label: "External calendars" },
    Choice { value: "external-events", label: "External events" },
    Choice { value: "feeds", label: "Calendar feeds" },
    Choice { value: "shares", label: "Shared calendars" },
    Choice { value: "regions", label: "Regions" },
    Choice { value: "provinces", label: "Provinces" },
    Choice { value: "municipalities", label: "Municipalities and cities" },
    Choice { value: "barangays", label: "Barangays" },
    Choice { value: "users", label: "Users" },
    Choice { value: "saved-views", label: "Saved views" },
];

/// Returns the address of a page whose views can be saved.
#[must_use]
pub fn page_address(page: &str) -> Option<String> {
    contains(PAGES, page).then(|| format!("/{page}"))
}

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
    shared_by: saved_view::IS_SHARED.name(),
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
        saved_view::IS_SHARED
            .field("Shared", Type::Boolean)
            .initial(Initial::Boolean(false))
            .help("Everyone of the office can open the view.")
            .listed()
            .filtered(),
        saved_view::POSITION
            .field("Position", Type::Integer(0, 10_000))
            .initial(Initial::Integer(0))
            .help("Lower numbers are listed first."),
    ],
    ..Kind::new("saved_view", "saved-views", "saved_views")
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_of_every_list_can_be_saved() {
        for kind in super::super::REGISTRY {
            assert!(contains(PAGES, kind.collection), "{}", kind.collection);
        }
        assert_eq!(PAGES.len(), super::super::REGISTRY.len() + 2);
    }
}
