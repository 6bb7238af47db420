//! Pages of accounts.

pub mod me;
pub mod preferences;
pub mod settings;
pub mod sign_in;
pub mod users;

use crate::core::page_route::PageRoute;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let all = [me::routes(), preferences::routes(), settings::routes(), sign_in::routes(), users::routes()];
    all.into_iter().flatten().collect()
}
