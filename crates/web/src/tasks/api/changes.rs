//! Operations that add and change tasks: quick add, bulk change, move with dependent tasks.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use obcms_app::tasks::bulk::{Bulk, Changed, Outcome};
use obcms_app::tasks::quick::{Chip, Line, Preview};
use obcms_app::tasks::reschedule::{Reschedule, Rescheduled};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::tasks::actions;
use serde_json::{Map, Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records;

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let creates = Access::Policy(Action::Create, TASK.area);
    let text = || json!({ "type": "string" });
    let chip = json!({ "type": "object", "properties": {
        "kind": text(), "text": text(), "value": {}, "label": text(),
        "start": { "type": "integer" }, "end": { "type": "integer" },
        "choices": { "type": "array", "items": { "type": "object", "properties": { "id": text(), "title": text() } } },
        "problem": { "type": ["string", "null"] },
    } });
    let outcome = json!({ "type": "object", "properties": {
        "id": text(), "outcome": { "type": "string", "enum": ["changed", "unchanged", "refused"] },
        "status": { "type": "integer" }, "version": { "type": ["integer", "null"] },
        "detail": { "type": ["string", "null"] }, "errors": { "type": "array", "items": { "type": "object" } },
    } });
    let successor = json!({ "type": "object", "properties": {
        "id": text(), "title": text(), "start_date": { "type": ["string", "null"] },
        "due_date": { "type": ["string", "null"] }, "new_start_date": { "type": ["string", "null"] },
        "new_due_date": { "type": ["string", "null"] }, "working_days": { "type": "integer" },
        "moves": { "type": "boolean" },
    } });
    vec![
        Route::new(
            "post",
            "/api/v1/tasks/quick/preview",
            "Read a line as a task without creating it",
            creates,
            post(preview),
        )
        .tag("tasks")
        .action(&actions::QUICK)
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "title": text(), "due_date": { "type": ["string", "null"] },
                "due_time": { "type": ["string", "null"] }, "priority": text(),
                "assignees": { "type": "array", "items": text() }, "teams": { "type": "array", "items": text() },
                "origin": { "type": ["object", "null"] }, "labels": { "type": "array", "items": text() },
                "rrule": { "type": ["string", "null"] }, "repeat_after_days": { "type": ["integer", "null"] },
                "chips": { "type": "array", "items": chip },
            } }),
        ),
        Route::new("post", "/api/v1/tasks/quick", "Create the task that a line describes", creates, post(quick))
            .tag("tasks")
            .action(&actions::QUICK)
            .answers(201, openapi::reference(&TASK)),
        Route::new(
            "post",
            "/api/v1/tasks/bulk",
            "Change several tasks; a refused one does not refuse the others",
            Access::Role,
            post(bulk),
        )
        .tag("tasks")
        .action(&actions::BULK)
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "results": { "type": "array", "items": outcome },
                "changed": { "type": "integer" }, "refused": { "type": "integer" },
                "undo": { "type": ["string", "null"] },
            } }),
        ),
        Route::new(
            "post",
            "/api/v1/tasks/{id}/reschedule",
            "Move a task, with the tasks that depend on it",
            Access::Role,
            post(reschedule),
        )
        .tag("tasks")
        .action(&actions::RESCHEDULE)
        .answers(
            200,
            json!({ "allOf": [openapi::reference(&TASK), { "type": "object", "properties": {
                "successors": { "type": "array", "items": successor },
                "undo": { "type": ["string", "null"] },
            } }] }),
        ),
    ]
}

async fn preview(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let line = Line::parse(&body.object)?;
    let preview = blocking(|| state.app.preview_quick_task(&caller.actor, &line))?;
    Ok(axum::Json(preview_json(&preview)).into_response())
}

async fn quick(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let line = Line::parse(&body.object)?;
    let task = blocking(|| state.app.create_quick_task(&caller.actor, &line))?;
    let undo = blocking(|| state.app.undo_of_last(&caller.actor, &TASK, task.id))?;
    let mut response =
        records::record_response_with(&state, StatusCode::CREATED, &task, [("undo", json!(undo))])?;
    if let Ok(value) = HeaderValue::from_str(&format!("/api/v1/tasks/{}", task.id)) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// Returns a preview as JSON.
fn preview_json(preview: &Preview) -> Json {
    let of = |name: &str| preview.input.get(name).cloned();
    let list = |name: &str| of(name).filter(|json| !json.is_null()).unwrap_or_else(|| json!([]));
    json!({
        "title": preview.title,
        "due_date": of(task::DUE_DATE.name()),
        "due_time": of(task::DUE_TIME.name()),
        "priority": of(task::PRIORITY.name()).unwrap_or_else(|| json!("medium")),
        "assignees": list(task::ASSIGNEES.name()),
        "teams": list(task::TEAMS.name()),
        "origin": of(task::ORIGIN.name()),
        "labels": list(task::LABELS.name()),
        "rrule": of(task::RRULE.name()),
        "repeat_after_days": of(task::REPEAT_AFTER_DAYS.name()),
        "chips": preview.chips.iter().map(chip_json).collect::<Vec<_>>(),
    })
}

fn chip_json(chip: &Chip) -> Json {
    json!({
        "kind": chip.field,
        "text": chip.text,
        "value": chip.value,
        "label": chip.label,
        "start": chip.start,
        "end": chip.end,
        "choices": chip.choices.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect::<Vec<_>>(),
        "problem": chip.problem.as_ref().map(obcms_domain::core::message::Message::english),
    })
}

async fn bulk(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let bulk = Bulk::parse(&body.object)?;
    let changed = blocking(|| state.app.change_tasks(&caller.actor, &bulk))?;
    Ok(axum::Json(changed_json(changed)).into_response())
}

fn changed_json(changed: Changed) -> Json {
    let undo = changed.undo();
    let results: Vec<Json> = changed.outcomes.into_iter().map(outcome_json).collect();
    let count = |wanted: &str| results.iter().filter(|result| result["outcome"] == wanted).count();
    json!({ "changed": count("changed"), "refused": count("refused"), "undo": undo, "results": results })
}

fn outcome_json(outcome: Outcome) -> Json {
    let mut result = Map::new();
    result.insert("id".to_owned(), json!(outcome.id));
    match outcome.result {
        Ok((task, differs)) => {
            let word = if differs { "changed" } else { "unchanged" };
            result.insert("outcome".to_owned(), json!(word));
            result.insert("status".to_owned(), json!(200));
            result.insert("version".to_owned(), json!(task.version));
        }
        Err(error) => {
            result.insert("outcome".to_owned(), json!("refused"));
            result.extend(Problem::from(error).body());
        }
    }
    Json::Object(result)
}

async fn reschedule(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let asked = Reschedule::parse(&body.object)?;
    let done = blocking(|| state.app.reschedule(&caller.actor, id.0, &asked, expected))?;
    let more = [("successors", successors_json(&done)), ("undo", json!(done.undo))];
    records::record_response_with(&state, StatusCode::OK, &done.task, more)
}

fn successors_json(done: &Rescheduled) -> Json {
    let successors = done.successors.iter().map(|(other, shift)| {
        json!({
            "id": other.id,
            "title": other.title(),
            "start_date": task::START_DATE.get(other),
            "due_date": task::DUE_DATE.get(other),
            "new_start_date": shift.start,
            "new_due_date": shift.due,
            "working_days": shift.working_days,
            "moves": shift.is_possible,
        })
    });
    successors.collect()
}
