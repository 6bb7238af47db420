//! Pages of results: the tab of a PPA, indicators, and decisions on measurements.

mod decisions;
mod indicators;
mod tab;

pub use decisions::{decision_panel, lock_note};
pub use indicators::{CALCULATED_CELLS as INDICATOR_CELLS, indicator_panel};
pub use tab::panel;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    decisions::routes()
}
