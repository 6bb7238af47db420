//! Operations on the programme.

pub mod analytics;
pub mod portfolio;
pub mod ppas;
pub mod projects;
pub mod trace;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    [analytics::routes(), portfolio::routes(), ppas::routes(), projects::routes(), trace::routes()]
        .into_iter()
        .flatten()
        .collect()
}
