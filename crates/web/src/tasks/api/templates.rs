//! Tasks from a template, for something that is named.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use obcms_app::AppError;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::registry::{FieldError, Link, parse_date};
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// The operation that makes tasks.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "post",
            "/api/v1/task-templates/{id}/instantiate",
            "Generate the tasks of a template for a record; existing tasks do not change",
            // The command asks whether the caller may generate tasks for this very record.
            Access::Policy(Action::View, Area::Reference),
            post(instantiate),
        )
        .tag("task-templates")
        .body(json!({
            "type": "object", "required": ["origin"],
            "properties": {
                "origin": {
                    "type": "object", "required": ["kind", "id"],
                    "properties": { "kind": { "type": "string" }, "id": { "type": "string" } },
                },
                "base_date": { "type": ["string", "null"], "format": "date" },
            },
        }))
        .answers(201, json!({ "type": "object" })),
    ]
}

async fn instantiate(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let mut errors: Vec<FieldError> = body
        .object
        .keys()
        .filter(|name| !["origin", "base_date"].contains(&name.as_str()))
        .map(|name| FieldError::new(name.clone(), "unknown_field", "Unknown field."))
        .collect();
    let origin = body.object.get("origin").and_then(origin);
    if origin.is_none() {
        errors.push(FieldError::new("origin", "type", "Must be an object with kind and id."));
    }
    let base = match body.object.get("base_date") {
        None | Some(Json::Null) => None,
        Some(value) => match parse_date(value.as_str().unwrap_or_default()) {
            Ok(day) => Some(day),
            Err((code, message)) => {
                errors.push(FieldError::new("base_date", code, message));
                None
            }
        },
    };
    let Some(origin) = origin.filter(|_| errors.is_empty()) else {
        return Err(AppError::Invalid(errors).into());
    };
    let (is_new, items) = blocking(|| {
        let (made, tasks) = state.app.instantiate(&caller.actor, id.0, &origin, base)?;
        Ok::<_, AppError>((made > 0, state.app.present(&tasks)?))
    })?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(json!({ "items": items }))).into_response())
}

fn origin(json: &Json) -> Option<Link> {
    let object = json.as_object().filter(|object| object.len() == 2)?;
    let kind = object.get("kind")?.as_str()?.to_owned();
    Some(Link { kind, id: object.get("id")?.as_str()?.parse().ok()? })
}
