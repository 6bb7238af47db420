//! Pages of reports.

mod document;
mod request;
mod show;

pub use request::list_actions;
pub use show::schedule_panel;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    request::routes().into_iter().chain(show::routes()).collect()
}
