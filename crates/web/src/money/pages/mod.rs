//! Pages of the ledger of a PPA and of budget scenarios.

mod ledger;
mod scenarios;

pub use ledger::{panel, reversal_panel};
pub use scenarios::list_actions;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let mut routes = ledger::routes();
    routes.extend(scenarios::routes());
    routes
}
