//! Settings of the caller: chosen columns, open groups of the sidebar, pins.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use obcms_app::AppError;
use obcms_domain::registry::FieldError;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, PathParts};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let texts = || json!({ "type": ["array", "null"], "items": { "type": "string" } });
    let value = json!({ "type": "object", "required": ["value"], "properties": { "value": texts() } });
    let routes = [
        Route::new("get", "/api/v1/me/settings", "My settings", Access::Account, get(list))
            .answers(200, json!({ "type": "object", "additionalProperties": texts() })),
        Route::new(
            "put",
            "/api/v1/me/settings/{name}",
            "Make a setting: `calendar`, `columns.COLLECTION`, `sidebar.open` or `pins`; null returns to the default",
            Access::Account,
            put(save),
        )
        .body(value)
        .answers(204, Json::Null),
    ];
    routes.into_iter().map(|route| route.tag("me")).collect()
}

async fn list(AxumState(state): AxumState<State>, caller: Caller) -> ApiResult {
    let settings = blocking(|| state.app.user_settings(&caller.actor))?;
    Ok(axum::Json(json!(settings.0)).into_response())
}

async fn save(
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts(name): PathParts<String>,
    body: Body,
) -> ApiResult {
    let values = values(&body)?;
    blocking(|| state.app.set_user_setting(&caller.actor, &name, values.as_deref()))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn values(body: &Body) -> Result<Option<Vec<String>>, AppError> {
    let wrong = |field: &str, code, message: &'static str| {
        AppError::Invalid(vec![FieldError::new(field.to_owned(), code, message)])
    };
    if let Some(name) = body.object.keys().find(|name| name.as_str() != "value") {
        return Err(wrong(name, "unknown_field", "Unknown field."));
    }
    match body.object.get("value") {
        Some(Json::Null) => Ok(None),
        Some(Json::Array(items)) => {
            let texts: Option<Vec<String>> =
                items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            texts.map(Some).ok_or_else(|| wrong("value", "type", "Must be a list of texts."))
        }
        Some(_) => Err(wrong("value", "type", "Must be a list of texts.")),
        None => Err(wrong("value", "required", "Enter a list of texts, or null.")),
    }
}
