//! Pages of the ledger of a PPA, of ceilings and of budget scenarios.

mod ceilings;
mod ledger;
mod limit_bar;
mod scenarios;

pub use ceilings::{CALCULATED_CELLS as CEILING_CELLS, panel as ceiling_panel};
pub use ledger::{panel, reversal_panel};
pub use scenarios::list_actions;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let mut routes = ledger::routes();
    routes.extend(ceilings::routes());
    routes.extend(scenarios::routes());
    routes
}
