//! Operations on ledgers and budget scenarios.

mod ledger;
mod scenarios;

use crate::core::route::Route;

/// Operations of the subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = ledger::routes();
    routes.extend(scenarios::routes());
    routes
}
