//! Operations on bookings: decisions, availability, preview and utilization.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_app::bookings::{Decision, Utilization, utilization_table};
use obcms_app::records::transfer::Format;
use obcms_app::records::undo::undo_address;
use obcms_domain::accounts::Action;
use obcms_domain::bookings::actions;
use obcms_domain::choices::{self, RESOURCE_TYPES};
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
            get(utilization),
        )
        .tag("resources")
        .query(&PERIOD)
        .answers(200, json!({ "type": "object" })),
        utilization_route("/api/v1/resources/utilisation.csv", Format::Csv)
            .query(&[("form", "people (unless given): labels and hours; raw: names of the API and minutes")]),
        utilization_route("/api/v1/resources/utilisation.xlsx", Format::Xlsx),
    ]
}

fn utilization_route(path: &'static str, format: Format) -> Route {
    let serve = move |state: AxumState<State>, caller: Caller, parameters: Parameters| {
        utilization_file(format, state, caller, parameters)
    };
    Route::new("get", path, "The same as a file", Access::Policy(Action::Export, RESOURCE.area), get(serve))
        .tag("resources")
        .query(&PERIOD)
}

/// Parameters of the report.
const PERIOD: [(&str, &str); 3] = [
    ("start", "First day or instant; required"),
    ("end", "First day or instant after the period, at most 400 days later; required"),
    ("type", "Only resources of this type"),
];

fn used(state: &State, caller: &Caller, parameters: &Parameters) -> Result<Vec<Utilization>, Problem> {
    parameters.only(&["start", "end", "type"])?;
    let mut window = parameters.0.clone();
    window.retain(|(name, _)| name != "type");
    let kind = parameters.get("type").unwrap_or_default();
    Ok(blocking(|| {
        let period = state.app.booking_window(&window)?;
        state.app.utilization(&caller.actor, kind, period)
    })?)
}

async fn utilization(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> ApiResult {
    let rows = used(&state, &caller, &parameters)?;
    let items: Vec<Json> = rows.iter().map(Utilization::to_json).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

async fn utilization_file(
    format: Format,
    AxumState(state): AxumState<State>,
    caller: Caller,
    mut parameters: Parameters,
) -> ApiResult {
    let is_raw = match (parameters.get("form"), format) {
        (None | Some("people"), _) => false,
        (Some("raw"), Format::Csv) => true,
        _ => return Err(Parameters::wrong("form", "Must be people, or raw for a CSV.")),
    };
    let is_repeated = parameters.0.iter().filter(|(name, _)| name == "form").count() > 1;
    if is_repeated {
        return Err(Parameters::wrong("form", "This parameter can be given only once."));
    }
    parameters.0.retain(|(name, _)| name != "form");
    let rows = used(&state, &caller, &parameters)?;
    let bytes = if is_raw {
        obcms_app::bookings::utilization_file(&rows)?
    } else {
        let table = utilization_table(&rows, filters_in_words(&parameters));
        blocking(|| state.app.report_file(&caller.actor, table, format))?
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let name = format!("attachment; filename=\"utilisation.{}\"", format.ending());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Returns the period and the type of the report for its file.
fn filters_in_words(parameters: &Parameters) -> Vec<(String, String)> {
    let labels = [("start", "From"), ("end", "Before"), ("type", "Type")];
    labels
        .into_iter()
        .filter_map(|(name, label)| Some((name, label, parameters.get(name)?)))
        .filter(|(_, _, value)| !value.is_empty())
        .map(|(name, label, value)| {
            let shown = if name == "type" { choices::label(RESOURCE_TYPES, value) } else { value };
            (label.to_owned(), shown.to_owned())
        })
        .collect()
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
