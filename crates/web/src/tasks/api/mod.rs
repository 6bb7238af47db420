//! Operations on tasks and templates, and figures about tasks.

pub mod reporting;
pub mod tasks;
pub mod templates;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    [reporting::routes(), tasks::routes(), templates::routes()].into_iter().flatten().collect()
}
