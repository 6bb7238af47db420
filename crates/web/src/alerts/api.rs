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
    let route = |path: String, summary: &str, body: &'static ActionBody, handler| {
        Route::new("post", path, summary, Access::Policy(Action::Transition, ALERT.area), handler)
            .tag(ALERT.collection)
            .action(body)
    };
    let one = |name: &'static str, summary: &str, body: &'static ActionBody| {
        let handler =
            post(move |state, caller, id, headers, body| step(name, state, caller, id, headers, body));
        let path = format!("/api/v1/alerts/{{id}}/{name}");
        route(path, summary, body, handler).answers(200, openapi::reference(&ALERT))
    };
    let of_many = |name: &'static str, summary: &str, body: &'static ActionBody| {
        let handler = post(move |state, caller, body| many(name, state, caller, body));
        route(format!("/api/v1/alerts/{name}"), summary, body, handler).answers(200, many_schema())
    };
    vec![
        one("acknowledge", t!("Acknowledge an alert"), &actions::REMARK),
        one("snooze", t!("Snooze an alert until a day"), &actions::SNOOZE),
        one("reopen", t!("Make an acknowledged or snoozed alert active again"), &actions::REMARK),
        route(
            "/api/v1/alerts/{id}/task".to_owned(),
            t!("Make a task of an alert, which is acknowledged by that"),
            &actions::TASK,
            post(make_task),
        )
        .answers(201, openapi::reference(&TASK)),
        of_many("acknowledge", t!("Acknowledge many alerts"), &actions::ACKNOWLEDGE_MANY),
        of_many("snooze", t!("Snooze many alerts until a day"), &actions::SNOOZE_MANY),
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
