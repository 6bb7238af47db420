//! Operations on shares and subscriptions.

pub mod external;
pub mod sharing;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    [external::routes(), sharing::routes()].into_iter().flatten().collect()
}
