//! Operations on tasks and templates.

pub mod changes;
pub mod gantt;
pub mod tasks;
pub mod templates;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    [tasks::routes(), changes::routes(), gantt::routes(), templates::routes()].into_iter().flatten().collect()
}
