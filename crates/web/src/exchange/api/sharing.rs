//! Shares: views of one.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use obcms_app::records::lists::{LIMIT, MAXIMUM_LIMIT};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::SHARE;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Parameters, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let text = || json!({ "type": "string" });
    let view = json!({ "type": "object", "properties": {
        "id": text(),
        "at": { "type": "string", "format": "date-time" },
        "outcome": { "type": "string", "description": "`counted`, or why the calendar was not shown" },
        "agent": text(),
        "network": { "type": "string", "description": "Network of the visitor, shortened" },
    } });
    vec![
        Route::new(
            "get",
            "/api/v1/shares/{id}/views",
            "Views of a share, latest first",
            Access::Policy(Action::View, SHARE.area),
            get(views),
        )
        .query(&[("limit", "Maximum number, 1 to 500; 50 unless given")])
        .answers(
            200,
            json!({ "type": "object", "properties": { "items": { "type": "array", "items": view } } }),
        )
        .tag(SHARE.collection),
    ]
}

async fn views(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["limit"])?;
    let limit = parameters.number("limit", LIMIT, 1..=MAXIMUM_LIMIT)?;
    let views = blocking(|| state.app.share_views(&caller.actor, id.0, limit))?;
    let items: Vec<Json> = views
        .iter()
        .map(|view| {
            json!({
                "id": view.id, "at": view.at, "outcome": view.outcome, "agent": view.agent, "network": view.network,
            })
        })
        .collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}
