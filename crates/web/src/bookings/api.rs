//! Operations on bookings: decisions, availability, preview and utilization.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_app::bookings::{Decision, Utilisation};
use obcms_app::records::undo::undo_address;
use obcms_domain::accounts::Action;
use obcms_domain::bookings::actions;
use obcms_domain::kinds::{BOOKING, RESOURCE};
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records;

type ApiResult = Result<Response, Problem>;

/// Operations.
#[must_use]
pub fn routes() -> Vec<Route> {
    let text = || json!({ "type": "string" });
    let span = || json!({ "type": "object", "properties": { "start": text(), "end": text() } });
    let list = |items: Json| json!({ "type": "array", "items": items });
    vec![
        Route::new(
            "post",
            "/api/v1/bookings/{id}/decision",
            "Approve, reject or cancel a booking",
            Access::Policy(Action::Transition, BOOKING.area),
            post(decide),
        )
        .tag("bookings")
        .action(&actions::DECIDE)
        .answers(200, openapi::reference(&BOOKING)),
        Route::new(
            "post",
            "/api/v1/bookings/preview",
            "Check the occurrences of a booking without saving it",
            Access::Policy(Action::Create, BOOKING.area),
            post(preview),
        )
        .tag("bookings")
        .body(openapi::input_reference(&BOOKING))
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "total": { "type": "integer" },
                "free": { "type": "integer" },
                "clash": { "type": "integer" },
                "closed": { "type": "integer" },
                "occurrences": list(json!({ "type": "object", "properties": {
                    "recurrence_id": { "type": ["string", "null"] },
                    "start": text(),
                    "end": text(),
                    "state": { "type": "string", "enum": ["free", "clash", "closed"] },
                    "reason": { "type": ["string", "null"] },
                    "conflicts": list(json!({ "type": "object" })),
                    "free_slots": list(span()),
                } })),
            } }),
        ),
        Route::new(
            "get",
            "/api/v1/resources/{id}/availability",
            "Busy, closed and free times of a resource in a window of at most 400 days",
            Access::Policy(Action::View, RESOURCE.area),
            get(availability),
        )
        .tag("resources")
        .query(&[
            (
                "start",
                "First instant (RFC 3339 with offset) or first day (YYYY-MM-DD, of the office); required",
            ),
            ("end", "First instant or day after the window; required"),
        ])
        .answers(
            200,
            json!({ "type": "object", "properties": {
                "busy": list(json!({ "type": "object", "properties": {
                    "kind": { "type": "string", "enum": ["booking", "blackout", "closed"] },
                    "start": text(),
                    "end": text(),
                    "booking": { "type": ["string", "null"] },
                    "title": { "type": ["string", "null"] },
                } })),
                "free": list(span()),
            } }),
        ),
        Route::new(
            "get",
            "/api/v1/resources/utilisation",
            "Booked time as a share of available time, by resource",
            Access::Policy(Action::View, RESOURCE.area),
            get(utilisation),
        )
        .tag("resources")
        .query(&PERIOD)
        .answers(200, json!({ "type": "object" })),
        Route::new(
            "get",
            "/api/v1/resources/utilisation.csv",
            "The same as a file",
            Access::Policy(Action::Export, RESOURCE.area),
            get(utilisation_file),
        )
        .tag("resources")
        .query(&PERIOD),
    ]
}

/// Parameters of the report.
const PERIOD: [(&str, &str); 3] = [
    ("start", "First day or instant; required"),
    ("end", "First day or instant after the period, at most 400 days later; required"),
    ("type", "Only resources of this type"),
];

fn used(state: &State, caller: &Caller, parameters: &Parameters) -> Result<Vec<Utilisation>, Problem> {
    parameters.only(&["start", "end", "type"])?;
    let mut window = parameters.0.clone();
    window.retain(|(name, _)| name != "type");
    let kind = parameters.get("type").unwrap_or_default();
    Ok(blocking(|| {
        let period = state.app.booking_window(&window)?;
        state.app.utilisation(&caller.actor, kind, period)
    })?)
}

async fn utilisation(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> ApiResult {
    let rows = used(&state, &caller, &parameters)?;
    let items: Vec<Json> = rows.iter().map(Utilisation::to_json).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

async fn utilisation_file(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> ApiResult {
    let rows = used(&state, &caller, &parameters)?;
    let bytes = obcms_app::bookings::utilisation_file(&rows)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"utilisation.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

async fn decide(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let decision = Decision::parse(&body.object)?;
    let decided = blocking(|| state.app.decide(&caller.actor, id.0, &decision, expected))?;
    let undo = undo_address(&BOOKING, decided.booking.id, decided.change_set);
    records::record_response_with(&state, StatusCode::OK, &decided.booking, [("undo", json!(undo))])
}

async fn preview(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> ApiResult {
    let preview = blocking(|| state.app.preview_booking(&caller.actor, &body.object))?;
    Ok(axum::Json(preview.to_json(&state.app)).into_response())
}

async fn availability(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
) -> ApiResult {
    parameters.only(&["start", "end"])?;
    let body = blocking(|| {
        let window = state.app.booking_window(&parameters.0)?;
        Ok::<_, AppError>(state.app.availability(&caller.actor, id.0, window)?.to_json())
    })?;
    Ok(axum::Json(body).into_response())
}
