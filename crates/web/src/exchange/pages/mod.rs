//! Pages of feeds, shares and subscriptions.

pub mod external;
pub mod feeds;
pub mod shared;
pub mod shares;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    [external::routes(), feeds::routes(), shared::routes(), shares::routes()].into_iter().flatten().collect()
}
