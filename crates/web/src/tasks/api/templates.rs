//! Generation of tasks from a template for a given record.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use obcms_app::AppError;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::tasks::actions;
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operation that generates tasks.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "post",
            "/api/v1/task-templates/{id}/instantiate",
            "Generate the tasks of a template for a record; existing tasks do not change",
            // The command checks whether the caller may generate tasks for the record.
            Access::Policy(Action::View, Area::Reference),
            post(instantiate),
        )
        .tag("task-templates")
        .action(&actions::INSTANTIATE)
        .answers(201, json!({ "type": "object" })),
    ]
}

async fn instantiate(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let input = body.action(&actions::INSTANTIATE)?;
    let origin = actions::ORIGIN.get(&input).ok_or(AppError::NotFound("origin"))?;
    let base = actions::BASE_DATE.get(&input);
    let (is_new, items) = blocking(|| {
        let (made, tasks) = state.app.instantiate(&caller.actor, id.0, origin, base)?;
        Ok::<_, AppError>((made > 0, state.app.present(&tasks)?))
    })?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(json!({ "items": items }))).into_response())
}
