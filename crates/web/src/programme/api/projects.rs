//! Stage transitions, blocks and the board of projects.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_app::programme::projects::{Move, Moved, Step};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::kinds::PROJECT;
use obcms_domain::programme::actions;
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::action::{ActionBody, ActionInput};
use serde_json::json;

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::{record_response, record_response_with};

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let step = |word: &str, summary: &str, body: &'static ActionBody, handler| {
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
        Route::new(
            "get",
            "/api/v1/projects/board",
            t!("Board of projects by stage, those longest in the stage first"),
            Access::Policy(Action::View, PROJECT.area),
            get(board),
        )
        .tag("projects")
        .query(&[
            ("column", t!("Only this stage")),
            (
                "cursor",
                t!("Cursor of the next cards of the stage; further parameters as in the list of projects"),
            ),
        ])
        .answers(200, json!({ "type": "object" })),
        step("advance", t!("Advance one stage if its checks pass"), &actions::ADVANCE, post(advance)),
        step("skip", t!("Skip the policy linkage stage, with a reason"), &actions::SKIP, post(skip)),
        step("return", t!("Return to an earlier stage, with a reason"), &actions::RETURN, post(back)),
        step(
            "block",
            t!("Mark as blocked, with a reason: the project does not advance"),
            &actions::BLOCK,
            post(block),
        ),
        step("unblock", t!("Remove the block"), &actions::UNBLOCK, post(unblock)),
    ]
}

async fn board(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    let board = blocking(|| state.app.project_board(&caller.actor, &parameters.0))?;
    Ok(axum::Json(board.json()).into_response())
}

fn answer(state: &State, caller: &Caller, id: PathId, step: Step, input: &ActionInput) -> ApiResult {
    let request = Move {
        step,
        note: actions::NOTE.get(input).to_owned(),
        seen: Stage::parse(actions::FROM.get(input)),
        confirm_open: actions::CONFIRM_OPEN.get(input).unwrap_or(false),
    };
    let (Moved { project, tasks }, undo) = blocking(|| {
        let moved = state.app.move_project(&caller.actor, id.0, &request)?;
        let undo = state.app.undo_of_last(&caller.actor, &PROJECT, id.0)?;
        Ok::<_, AppError>((moved, undo))
    })?;
    let more = [
        ("archived_tasks", json!(tasks.archived)),
        ("kept_tasks", json!(tasks.kept)),
        ("restored_tasks", json!(tasks.restored)),
        ("undo", json!(undo)),
    ];
    record_response_with(state, StatusCode::OK, &project, more)
}

async fn advance(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let input = body.action(&actions::ADVANCE)?;
    answer(&state, &caller, id, Step::Advance, &input)
}

async fn skip(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let input = body.action(&actions::SKIP)?;
    answer(&state, &caller, id, Step::Skip, &input)
}

async fn back(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let input = body.action(&actions::RETURN)?;
    let stage = Stage::parse(actions::STAGE.get(&input)).ok_or_else(|| {
        AppError::Invalid(vec![actions::STAGE.error("choice", "Must be one of the nine stages.")])
    })?;
    answer(&state, &caller, id, Step::Return(stage), &input)
}

async fn block(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let project = blocking(|| state.app.block_project(&caller.actor, id.0, &body.object))?;
    record_response(&state, StatusCode::OK, &project)
}

async fn unblock(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let project = blocking(|| state.app.unblock_project(&caller.actor, id.0, &body.object))?;
    record_response(&state, StatusCode::OK, &project)
}
