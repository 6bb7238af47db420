//! Status actions and the budget cycle of PPAs.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use obcms_app::programme::ppa_status::{StatusChange, body_of};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::kinds::{BUDGET_CYCLE_STAGE, PPA};
use obcms_domain::programme::following::StatusAction;
use obcms_domain::registry::action::ActionBody;
use serde_json::json;

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response;

type ApiResult = Result<Response, Problem>;

/// Body without members.
const EMPTY: ActionBody = ActionBody::new(&[]);

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let status = |action: StatusAction, summary: &str| {
        let serve =
            move |state: AxumState<State>, caller: Caller, id: PathId, headers: HeaderMap, body: Body| {
                change(state, caller, id, headers, body, action)
            };
        Route::new(
            "post",
            format!("/api/v1/ppas/{{id}}/{}", action.as_str()),
            summary,
            Access::Policy(Action::Transition, Area::Programme),
            post(serve),
        )
        .tag(PPA.collection)
        .action(body_of(action))
        .answers(200, openapi::reference(&PPA))
    };
    vec![
        status(StatusAction::Hold, t!("Put a PPA on hold, with a reason")),
        status(StatusAction::Resume, t!("Resume a PPA that is on hold, cancelled or completed")),
        status(StatusAction::Cancel, t!("Cancel a PPA, with a reason")),
        status(StatusAction::Complete, t!("Complete a PPA that has no project")),
        Route::new(
            "post",
            "/api/v1/ppas/{id}/budget-cycle",
            t!("Add the stages of the budget cycle that the PPA does not have yet, by its fiscal year"),
            Access::Policy(Action::Create, BUDGET_CYCLE_STAGE.area),
            post(add_budget_cycle),
        )
        .tag(BUDGET_CYCLE_STAGE.collection)
        .action(&EMPTY)
        .answers(
            201,
            json!({ "type": "object", "properties": {
                "items": { "type": "array", "items": openapi::reference(&BUDGET_CYCLE_STAGE) },
                "created": { "type": "integer" },
            } }),
        ),
    ]
}

async fn change(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
    action: StatusAction,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let change = StatusChange::parse(action, &body.object)?;
    let ppa = blocking(|| state.app.change_ppa_status(&caller.actor, id.0, action, &change, expected))?;
    record_response(&state, StatusCode::OK, &ppa)
}

async fn add_budget_cycle(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> ApiResult {
    body.action(&EMPTY)?;
    let (created, stages) = blocking(|| state.app.add_budget_cycle(&caller.actor, id.0))?;
    let items = blocking(|| state.app.represent(&stages))?;
    let status = if created > 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(json!({ "items": items, "created": created }))).into_response())
}
