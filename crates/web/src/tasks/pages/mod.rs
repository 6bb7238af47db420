//! Pages of tasks: list, detail, board, Today, templates.

mod actions;
pub mod board;
mod bulk;
mod changes;
mod detail;
pub mod editable;
pub mod gantt;
mod list;
pub mod of_record;
pub mod parts;
pub mod quick;
mod series;
pub mod templates;
pub mod today;

use obcms_domain::accounts::Action;
use obcms_domain::kinds::TASK;

use crate::core::page_route::PageRoute;
use crate::core::route::Access;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let mut routes = vec![
        PageRoute::get("/tasks", Access::Policy(Action::View, TASK.area), list::list).purpose("see tasks"),
        PageRoute::post("/tasks/bulk/{action}", Access::Role, bulk::change),
        PageRoute::get("/tasks/{id}", Access::Role, detail::show),
        PageRoute::post("/tasks/{id}/transition", Access::Role, actions::transition),
        PageRoute::post("/tasks/{id}/change", Access::Role, actions::change),
    ];
    for more in [
        board::routes(),
        gantt::routes(),
        of_record::routes(),
        quick::routes(),
        templates::routes(),
        today::routes(),
    ] {
        routes.extend(more);
    }
    routes
}
