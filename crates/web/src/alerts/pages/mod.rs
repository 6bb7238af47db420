//! Pages of alerts: tabs and actions of the list, panels, forms.

mod list;
mod panels;
mod steps;

pub use list::{ACTIVE, bulk_actions, list_tab_filters, list_tabs, row_action};
pub use panels::{about_strip, lead_panel};

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    steps::routes()
}
