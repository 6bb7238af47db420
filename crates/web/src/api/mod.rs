//! The API under `/api/v1`: every kind by its description, and what is more than a collection.

pub mod access;
pub mod bookings;
pub mod calendar;
pub mod external;
pub mod files;
pub mod holidays;
pub mod icalendar;
pub mod jobs;
pub mod me;
pub mod occurrences;
pub mod openapi;
pub mod portfolio;
pub mod projects;
pub mod records;
pub mod recurrence;
pub mod scheduling;
pub mod search;
pub mod sharing;
pub mod stream;
pub mod tasks;
pub mod templates;
pub mod trace;

use crate::route::Route;

/// All operations of the API.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for kind in obcms_domain::kinds::REGISTRY {
        routes.extend(records::routes(kind));
        routes.extend(files::routes(kind));
        routes.extend(occurrences::routes(kind));
    }
    routes.extend(files::import_routes());
    routes.extend(bookings::routes());
    routes.extend(calendar::routes());
    routes.extend(icalendar::routes());
    routes.extend(external::routes());
    routes.extend(jobs::routes());
    routes.extend(holidays::routes());
    routes.extend(me::routes());
    routes.extend(access::routes());
    routes.extend(scheduling::routes());
    routes.extend(tasks::routes());
    routes.extend(portfolio::routes());
    routes.extend(projects::routes());
    routes.extend(templates::routes());
    routes.extend(trace::routes());
    routes.extend(recurrence::routes());
    routes.extend(search::routes());
    routes.extend(sharing::routes());
    routes.push(stream::route());
    routes.push(openapi::route());
    routes
}
