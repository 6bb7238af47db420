//! Stage transitions of a project.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use obcms_app::AppError;
use obcms_app::programme::projects::Step;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::programme::actions;
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::action::{ActionBody, ActionInput};
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let step = |word: &str, summary: &str, body: &ActionBody, handler| {
        Route::new(
            "post",
            format!("/api/v1/projects/{{id}}/{word}"),
            summary,
            Access::Policy(Action::Transition, Area::Programme),
            handler,
        )
        .tag("projects")
        .action(body)
        .answers(200, json!({ "type": "object" }))
    };
    vec![
        step("advance", "Advance one stage if its checks pass", &actions::STEP, post(advance)),
        step("skip", "Skip the policy linkage stage, with a reason", &actions::STEP, post(skip)),
        step("return", "Return to an earlier stage, with a reason", &actions::RETURN, post(back)),
    ]
}

fn answer(
    state: &State,
    caller: &Caller,
    id: PathId,
    step: Step,
    input: &ActionInput,
) -> Result<Response, Problem> {
    let project =
        blocking(|| state.app.move_project(&caller.actor, id.0, None, step, actions::NOTE.get(input)))?;
    record_response(state, StatusCode::OK, &project)
}

async fn advance(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let input = body.action(&actions::STEP)?;
    answer(&state, &caller, id, Step::Advance, &input)
}

async fn skip(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let input = body.action(&actions::STEP)?;
    answer(&state, &caller, id, Step::Skip, &input)
}

async fn back(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let input = body.action(&actions::RETURN)?;
    let stage = Stage::parse(actions::STAGE.get(&input)).ok_or_else(|| {
        AppError::Invalid(vec![actions::STAGE.error("choice", "Must be one of the nine stages.")])
    })?;
    answer(&state, &caller, id, Step::Return(stage), &input)
}
