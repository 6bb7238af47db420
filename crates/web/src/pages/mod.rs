//! The pages: HTML for people.

pub mod board;
pub mod bookings;
pub mod calendar;
pub mod errors;
pub mod external;
pub mod feeds;
pub mod find_time;
pub mod forms;
pub mod frame;
pub mod holidays;
pub mod jobs;
pub mod me;
pub mod portfolio;
pub mod ppas;
pub mod preferences;
pub mod projects;
pub mod registry;
pub mod search;
pub mod shared;
pub mod shares;
pub mod sign_in;
pub mod tasks;
pub mod templates;
pub mod today;
pub mod trace;
pub mod users;

use axum::Router;
use axum::middleware::from_fn_with_state;

use obcms_app::Actor;
use obcms_domain::accounts::{Action, Relation, allows};
use obcms_domain::kinds;
use obcms_domain::registry::Kind;

use crate::limits::{ANONYMOUS_BODY, MAXIMUM_UPLOAD};
use crate::state::State;

/// Whether the person may make things of this kind, be it only requests.
#[must_use]
pub fn may_create(actor: &Actor, kind: &Kind) -> bool {
    let has_requests = kind.all_requests || kind.request.is_some();
    let request: &[Relation] = match (has_requests, actor.concerns.is_empty()) {
        (false, _) => &[Relation::None],
        // Who stands for no organization or community has none to ask for.
        (true, true) => &[Relation::None, Relation::Request],
        (true, false) => &[Relation::None, Relation::Request, Relation::OwnRequest],
    };
    kind.writable && allows(&actor.roles, Action::Create, kind.area, request)
}

/// Pages whose forms have another limit than [`crate::limits::MAXIMUM_BODY`]: those of strangers, and those with a file.
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

/// All pages. Each subject adds its own router here.
pub fn router(state: &State) -> Router<State> {
    Router::new()
        .merge(bookings::router())
        .merge(calendar::router())
        .merge(feeds::router())
        .merge(external::router())
        .merge(jobs::router())
        .merge(holidays::router())
        .merge(me::router())
        .merge(portfolio::router())
        .merge(ppas::router())
        .merge(preferences::router())
        .merge(projects::router())
        .merge(registry::router())
        .merge(search::router())
        .merge(find_time::router())
        .merge(shared::router())
        .merge(shares::router())
        .merge(sign_in::router())
        .merge(templates::router())
        .merge(trace::router())
        .merge(board::router())
        .merge(tasks::router())
        .merge(today::router())
        .merge(users::router())
        .fallback(errors::missing)
        .layer(from_fn_with_state(state.clone(), errors::draw))
}
