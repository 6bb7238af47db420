//! Operations on results: the framework of a PPA and decisions on measurements.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::records::undo::undo_address;
use obcms_app::results::{MeasurementDecision, indicator_json};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{MEASUREMENT, PPA};
use obcms_domain::results::actions;
use serde_json::{Value as Json, json};

use crate::components::words::t;
use crate::core::caller::Caller;
use crate::core::input::{Body, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::record_response_with;

type ApiResult = Result<Response, Problem>;

/// Operations of the subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/ppas/{id}/results",
            t!("Indicators of a PPA with their achievement and measurements"),
            Access::Policy(Action::View, PPA.area),
            get(results),
        )
        .tag("results")
        .answers(200, results_schema()),
        Route::new(
            "post",
            "/api/v1/measurements/{id}/decision",
            t!("Approve, return or reopen a measurement"),
            Access::Policy(Action::DecideMeasurement, MEASUREMENT.area),
            post(decide),
        )
        .tag(MEASUREMENT.collection)
        .action(&actions::DECIDE)
        .answers(200, openapi::reference(&MEASUREMENT)),
    ]
}

fn results_schema() -> Json {
    let text = || json!({ "type": ["string", "null"] });
    let number = |meaning: &str| json!({ "type": ["number", "null"], "description": meaning });
    let figures = || {
        json!({
            "target_period": text(),
            "target": number(t!("Target of the period")),
            "actual": number(t!("Approved measurements within the period, combined")),
            "achievement": number(t!("Achieved share of the target as a fraction; null without a measurement")),
        })
    };
    let measurement = json!({ "type": "object", "properties": {
        "id": { "type": "string" }, "period": text(), "value": number(t!("Measured value")), "status": text(),
    } });
    let mut indicator = figures();
    indicator["id"] = json!({ "type": "string" });
    for name in ["title", "kind", "unit"] {
        indicator[name] = text();
    }
    indicator["achievements"] =
        json!({ "type": "array", "items": { "type": "object", "properties": figures() } });
    indicator["measurements"] = json!({ "type": "array", "items": measurement });
    json!({ "type": "object", "properties": {
        "indicators": { "type": "array", "items": { "type": "object", "properties": indicator } },
    } })
}

async fn results(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> ApiResult {
    let found = blocking(|| {
        state.app.get(&caller.actor, &PPA, id.0)?;
        state.app.results(&caller.actor, id.0)
    })?;
    let indicators: Vec<Json> = found.iter().map(indicator_json).collect();
    Ok(axum::Json(json!({ "indicators": indicators })).into_response())
}

async fn decide(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let decision = MeasurementDecision::parse(&body.object)?;
    let (record, change_set) =
        blocking(|| state.app.decide_measurement(&caller.actor, id.0, &decision, expected))?;
    let undo = undo_address(&MEASUREMENT, record.id, change_set);
    record_response_with(&state, StatusCode::OK, &record, [("undo", json!(undo))])
}
