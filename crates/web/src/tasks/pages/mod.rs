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
mod progress;
pub mod quick;
mod series;
mod template_form;
mod template_import;
mod template_preview;
mod template_row;
pub mod templates;
pub mod today;
mod workload;

use maud::Markup;
use obcms_domain::accounts::Action;
use obcms_domain::kinds::TASK;

use crate::components::tabs::{Tab, tabs};
use crate::components::words::t;
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
        progress::routes(),
        quick::routes(),
        templates::routes(),
        today::routes(),
        workload::routes(),
    ] {
        routes.extend(more);
    }
    routes
}

/// Tabs of the reports on tasks.
fn reporting_tabs(current: &str) -> Markup {
    let tab = |label: &str, href: &str| Tab {
        label: label.to_owned(),
        href: href.to_owned(),
        count: None,
        current: href == current,
    };
    tabs(
        t!("Reports on tasks"),
        &[tab(t!("Progress"), "/tasks/progress"), tab(t!("Workload"), "/tasks/workload")],
    )
}
