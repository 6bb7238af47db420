//! Operations on accounts.

pub mod access;
pub mod me;
pub mod settings;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    [me::routes(), settings::routes(), access::routes()].into_iter().flatten().collect()
}
