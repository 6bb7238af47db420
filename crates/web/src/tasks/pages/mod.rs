//! Tasks: the list, the page of one, and what can be done with them.

mod actions;
pub mod board;
mod detail;
mod list;
pub mod of_record;
pub mod parts;
mod series;
pub mod templates;
pub mod today;

use axum::Router;
use axum::routing::{get, post};

use crate::core::state::State;

/// The pages of this subject.
pub fn router() -> Router<State> {
    Router::new()
        .route("/tasks", get(list::list))
        .route("/tasks/bulk/{action}", post(actions::bulk))
        .route("/tasks/{id}", get(detail::show))
        .route("/tasks/{id}/transition", post(actions::transition))
        .route("/tasks/{id}/change", post(actions::change))
}
