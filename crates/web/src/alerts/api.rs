//! Operations on alerts beside those of every kind.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use obcms_app::alerts::{AlertStep, ManyAlerts, TaskOfAlert};
use obcms_domain::accounts::Action;
use obcms_domain::alerts::actions;
use obcms_domain::kinds::{ALERT, TASK};
use obcms_domain::registry::action::ActionBody;
use serde_json::{Value as Json, json};

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response;

type ApiResult = Result<Response, Problem>;

/// Operations of the subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let one = |path: &'static str, summary: &str, body: &'static ActionBody, handler| {
        Route::new("post", path, summary, Access::Policy(Action::Transition, ALERT.area), handler)
            .tag(ALERT.collection)
            .action(body)
    };
    vec![
        one(
            "/api/v1/alerts/{id}/acknowledge",
            t!("Acknowledge an alert"),
            &actions::REMARK,
            post(|state, caller, id, headers, body| step("acknowledge", state, caller, id, headers, body)),
        )
        .answers(200, openapi::reference(&ALERT)),
        one(
            "/api/v1/alerts/{id}/snooze",
            t!("Snooze an alert until a day"),
            &actions::SNOOZE,
            post(|state, caller, id, headers, body| step("snooze", state, caller, id, headers, body)),
        )
        .answers(200, openapi::reference(&ALERT)),
        one(
            "/api/v1/alerts/{id}/reopen",
            t!("Make an acknowledged or snoozed alert active again"),
            &actions::REMARK,
            post(|state, caller, id, headers, body| step("reopen", state, caller, id, headers, body)),
        )
        .answers(200, openapi::reference(&ALERT)),
        one(
            "/api/v1/alerts/{id}/task",
            t!("Make a task of an alert, which is acknowledged by that"),
            &actions::TASK,
            post(make_task),
        )
        .answers(201, openapi::reference(&TASK)),
        one(
            "/api/v1/alerts/acknowledge",
            t!("Acknowledge many alerts"),
            &actions::ACKNOWLEDGE_MANY,
            post(|state, caller, body| many("acknowledge", state, caller, body)),
        )
        .answers(200, many_schema()),
        one(
            "/api/v1/alerts/snooze",
            t!("Snooze many alerts until a day"),
            &actions::SNOOZE_MANY,
            post(|state, caller, body| many("snooze", state, caller, body)),
        )
        .answers(200, many_schema()),
    ]
}

fn many_schema() -> Json {
    let id = json!({ "type": "string" });
    json!({ "type": "object", "properties": {
        "changed": { "type": "array", "items": id },
        "refused": { "type": "array", "items": { "type": "object", "properties": {
            "id": id, "message": { "type": "string" },
        } } },
    } })
}

async fn step(
    name: &'static str,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let step = AlertStep::parse(name, &body.object)?;
    let record = blocking(|| state.app.step_alert(&caller.actor, id.0, &step, expected))?;
    record_response(&state, StatusCode::OK, &record)
}

async fn many(
    name: &'static str,
    AxumState(state): AxumState<State>,
    caller: Caller,
    body: Body,
) -> ApiResult {
    let (ids, step) = AlertStep::parse_many(name, &body.object)?;
    let ManyAlerts { changed, refused } = blocking(|| state.app.step_alerts(&caller.actor, &ids, &step))?;
    let refused: Vec<Json> =
        refused.iter().map(|(id, reason)| json!({ "id": id, "message": reason })).collect();
    Ok(axum::Json(json!({ "changed": changed, "refused": refused })).into_response())
}

async fn make_task(AxumState(state): AxumState<State>, caller: Caller, id: PathId, body: Body) -> ApiResult {
    let given = TaskOfAlert::parse(&body.object)?;
    let record = blocking(|| state.app.task_of_alert(&caller.actor, id.0, &given))?;
    record_response(&state, StatusCode::CREATED, &record)
}
