//! The way of a project through its stages.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use obcms_app::AppError;
use obcms_app::programme::projects::Step;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::FieldError;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response;

/// The steps of a project.
#[must_use]
pub fn routes() -> Vec<Route> {
    let note = || json!({ "type": "object", "properties": { "note": { "type": "string" } } });
    let step = |word: &str, summary: &str, schema: Json, handler| {
        Route::new(
            "post",
            format!("/api/v1/projects/{{id}}/{word}"),
            summary,
            Access::Policy(Action::Transition, Area::Programme),
            handler,
        )
        .tag("projects")
        .body(schema)
        .answers(200, json!({ "type": "object" }))
    };
    vec![
        step("advance", "Advance one stage if its checks pass", note(), post(advance)),
        step("skip", "Skip the policy linkage stage, with a reason", note(), post(skip)),
        step(
            "return",
            "Return to an earlier stage, with a reason",
            json!({
                "type": "object", "required": ["stage", "note"],
                "properties": { "stage": { "type": "string" }, "note": { "type": "string" } },
            }),
            post(back),
        ),
    ]
}

/// Reads the note and, for going back, the stage.
fn members(body: &Body, known: &[&str]) -> Result<String, Problem> {
    let mut errors: Vec<FieldError> = body
        .object
        .keys()
        .filter(|name| !known.contains(&name.as_str()))
        .map(|name| FieldError::new(name.clone(), "unknown_field", "Unknown field."))
        .collect();
    let note = match body.object.get("note") {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(note)) if note.chars().count() <= 2000 => note.trim().to_owned(),
        Some(_) => {
            errors.push(FieldError::new("note", "type", "Must be text of at most 2000 characters."));
            String::new()
        }
    };
    if errors.is_empty() { Ok(note) } else { Err(AppError::Invalid(errors).into()) }
}

fn answer(state: &State, caller: &Caller, id: PathId, step: Step, note: &str) -> Result<Response, Problem> {
    let project = blocking(|| state.app.move_project(&caller.actor, id.0, None, step, note))?;
    record_response(state, StatusCode::OK, &project)
}

async fn advance(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let note = members(&body, &["note"])?;
    answer(&state, &caller, id, Step::Advance, &note)
}

async fn skip(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let note = members(&body, &["note"])?;
    answer(&state, &caller, id, Step::Skip, &note)
}

async fn back(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let note = members(&body, &["note", "stage"])?;
    let stage = body
        .object
        .get("stage")
        .and_then(Json::as_str)
        .and_then(Stage::parse)
        .ok_or_else(|| AppError::field("stage", "choice", "Must be one of the nine stages."))?;
    answer(&state, &caller, id, Step::Return(stage), &note)
}
