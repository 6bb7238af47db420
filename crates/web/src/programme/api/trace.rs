//! Chain of a record.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;
use serde_json::json;

use crate::core::caller::Caller;
use crate::core::input::{Parameters, PathParts};
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
    path: PathParts<(String, Id)>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&[])?;
    let (kind, id) = named(path)?;
    let trace = blocking(|| state.app.trace(&caller.actor, kind, id))?;
    Ok(axum::Json(trace.to_json(state.app.zone())).into_response())
}

/// Returns kind and id of an address; an unknown kind is not found.
pub fn named(PathParts((kind, id)): PathParts<(String, Id)>) -> Result<(&'static Kind, Id), Problem> {
    let kind = kinds::by_name(&kind).ok_or_else(Problem::no_such_address)?;
    Ok((kind, id))
}
