//! Pages of events.

pub mod brief;
pub mod guests;
pub mod lead;
pub mod planner;
pub mod resources;

use obcms_domain::accounts::Action;
use obcms_domain::kinds::EVENT;

use crate::core::page_route::PageRoute;
use crate::core::route::Access;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let view = || Access::Policy(Action::View, EVENT.area);
    vec![
        PageRoute::get("/events/planner", view(), planner::show).purpose("plan events"),
        PageRoute::get("/events/{id}/brief", view(), brief::show).purpose("see events"),
    ]
}
