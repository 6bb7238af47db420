//! Subjects: one row for each, with what it serves.

use axum::Router;
use axum::middleware::from_fn_with_state;
use obcms_domain::kinds;

use crate::core::limits::{ANONYMOUS_BODY, MAXIMUM_UPLOAD};
use crate::core::route::Route;
use crate::core::state::State;
use crate::core::{errors, openapi, stream};
use crate::{accounts, bookings, calendar, exchange, holidays, jobs, programme, records, tasks};

/// The whole program as a service.
pub fn router(state: State) -> Router {
    crate::core::router::router(state.clone(), routes(), &body_limits(), pages(&state))
}

/// All operations of the API.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for kind in kinds::REGISTRY {
        routes.extend(records::api::records::routes(kind));
        routes.extend(records::api::files::routes(kind));
        routes.extend(calendar::api::occurrences::routes(kind));
    }
    routes.extend(records::api::files::import_routes());
    routes.extend(bookings::api::routes());
    routes.extend(calendar::api::calendar::routes());
    routes.extend(calendar::api::icalendar::routes());
    routes.extend(exchange::api::external::routes());
    routes.extend(jobs::api::routes());
    routes.extend(holidays::api::routes());
    routes.extend(accounts::api::me::routes());
    routes.extend(accounts::api::access::routes());
    routes.extend(calendar::api::scheduling::routes());
    routes.extend(tasks::api::tasks::routes());
    routes.extend(programme::api::portfolio::routes());
    routes.extend(programme::api::projects::routes());
    routes.extend(tasks::api::templates::routes());
    routes.extend(programme::api::trace::routes());
    routes.extend(calendar::api::recurrence::routes());
    routes.extend(records::api::search::routes());
    routes.extend(exchange::api::sharing::routes());
    routes.push(stream::route());
    routes.push(openapi::route(self::routes));
    routes
}

/// Pages whose forms have another limit than [`crate::core::limits::MAXIMUM_BODY`]: those of strangers, and those with a file.
#[must_use]
pub fn body_limits() -> Vec<(String, usize)> {
    let strangers =
        ["/login", "/setup/{secret}", "/shared/{secret}"].map(|path| (path.to_owned(), ANONYMOUS_BODY));
    let files = ["/external-calendars/{id}/file", "/external-calendars/from-file"];
    let files = files.map(|path| (path.to_owned(), MAXIMUM_UPLOAD));
    let imports = kinds::REGISTRY.into_iter().filter(|kind| kind.writable);
    let imports = imports.map(|kind| (format!("/{}/import", kind.collection), MAXIMUM_UPLOAD));
    strangers.into_iter().chain(files).chain(imports).collect()
}

/// All pages.
fn pages(state: &State) -> Router<State> {
    Router::new()
        .merge(bookings::pages::router())
        .merge(calendar::pages::router())
        .merge(exchange::pages::feeds::router())
        .merge(exchange::pages::external::router())
        .merge(jobs::pages::router())
        .merge(holidays::pages::router())
        .merge(accounts::pages::me::router())
        .merge(programme::pages::portfolio::router())
        .merge(programme::pages::ppas::router())
        .merge(accounts::pages::preferences::router())
        .merge(programme::pages::projects::router())
        .merge(records::pages::router())
        .merge(records::pages::search::router())
        .merge(calendar::pages::find_time::router())
        .merge(exchange::pages::shared::router())
        .merge(exchange::pages::shares::router())
        .merge(accounts::pages::sign_in::router())
        .merge(tasks::pages::templates::router())
        .merge(programme::pages::trace::router())
        .merge(tasks::pages::board::router())
        .merge(tasks::pages::router())
        .merge(tasks::pages::today::router())
        .merge(accounts::pages::users::router())
        .fallback(errors::missing)
        .layer(from_fn_with_state(state.clone(), errors::draw))
}
