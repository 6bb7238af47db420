//! Operation that requests a report. List and state of reports are those of every kind.

use axum::extract::State as AxumState;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use obcms_app::reports::ReportRequest;
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{REPORT, report};
use obcms_domain::reports::actions;
use serde_json::{Value as Json, json};

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::Body;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Operations of the subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "post",
            "/api/v1/reports",
            t!("Request a report; GET /api/v1/reports/ID says when it is done and where it is"),
            Access::Policy(Action::Export, REPORT.area),
            post(make),
        )
        .tag(REPORT.collection)
        .action(&actions::MAKE)
        .answers(202, schema()),
    ]
}

fn schema() -> Json {
    json!({ "type": "object", "properties": {
        "id": { "type": "string", "format": "uuid" },
        "state": { "type": "string", "enum": ["queued", "running", "done", "failed"] },
        "progress": { "type": "integer", "minimum": 0, "maximum": 100 },
        "url": { "type": ["string", "null"], "description": t!("Address of the finished report") },
    } })
}

async fn make(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> Result<Response, Problem> {
    let request = ReportRequest::parse(&body.object)?;
    let record = blocking(|| state.app.request_report(&caller.actor, &request))?;
    let answer = json!({
        "id": record.id,
        "state": report::STATE.get(&record),
        "progress": report::PROGRESS.get(&record),
        "url": Json::Null,
    });
    let mut response = (StatusCode::ACCEPTED, axum::Json(answer)).into_response();
    let address = format!("{}/api/v1{}", caller.base, REPORT.url(record.id));
    if let Ok(value) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}
