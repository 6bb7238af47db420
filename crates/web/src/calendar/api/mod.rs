//! Operations on the calendar.

pub mod calendar;
pub mod icalendar;
pub mod occurrences;
pub mod overview;
pub mod recurrence;
pub mod scheduling;

use obcms_domain::kinds;

use crate::core::route::Route;

/// Operations of the subject.
pub fn routes() -> Vec<Route> {
    let of_kinds = kinds::REGISTRY.into_iter().flat_map(occurrences::routes).collect();
    let all = [of_kinds, calendar::routes(), icalendar::routes(), scheduling::routes(), recurrence::routes()];
    all.into_iter().flatten().collect()
}
