//! Chain of a record.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as AxumState};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::Parameters;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operation of the chain.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/trace/{kind}/{id}",
            "The chain around one thing: needs, project, PPAs, policies, tasks, dates, money",
            Access::Role,
            get(trace),
        )
        .tag("trace")
        .answers(200, json!({ "type": "object" })),
    ]
}

async fn trace(
    AxumState(state): AxumState<State>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&[])?;
    let (kind, id) = thing(path)?;
    let trace = blocking(|| state.app.trace(&caller.actor, kind, id))?;
    Ok(axum::Json(trace.to_json(state.app.zone())).into_response())
}

/// Parses kind and id of an address; unknown ones are not found.
pub fn thing(path: Result<Path<(String, String)>, PathRejection>) -> Result<(&'static Kind, Id), Problem> {
    let missing = || Problem::new(axum::http::StatusCode::NOT_FOUND, "Nothing found at this address.");
    let Path((kind, id)) = path.map_err(|_| missing())?;
    let kind = kinds::by_name(&kind).ok_or_else(missing)?;
    Ok((kind, id.parse().map_err(|_| missing())?))
}
