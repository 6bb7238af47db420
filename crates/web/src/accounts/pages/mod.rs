//! Pages of accounts.

pub mod me;
pub mod preferences;
pub mod sign_in;
pub mod users;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    [me::routes(), preferences::routes(), sign_in::routes(), users::routes()].into_iter().flatten().collect()
}
