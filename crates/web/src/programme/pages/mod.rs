//! Pages of the programme.

pub mod goals;
pub mod monitoring;
pub mod next_steps;
pub mod portfolio;
pub mod ppas;
pub mod project_board;
pub mod projects;
pub mod trace;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    [
        monitoring::routes(),
        portfolio::routes(),
        ppas::routes(),
        project_board::routes(),
        projects::routes(),
        trace::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
