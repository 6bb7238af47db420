//! Operations on tasks and templates, and figures about tasks.

pub mod changes;
pub mod gantt;
pub mod reporting;
pub mod tasks;
pub mod templates;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    [reporting::routes(), tasks::routes(), changes::routes(), gantt::routes(), templates::routes()]
        .into_iter()
        .flatten()
        .collect()
}
