//! Occurrences of a series: list, read, change, cancel; for every recurring kind.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use jiff::Timestamp;
use obcms_app::calendar::series::{Occurrence, Scope, Target};
use obcms_app::{Actor, App, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series;
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Kind, parse_date};
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, PathParts, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::{Items, record_response_with};

type ApiResult = Result<Response, Problem>;
/// Id of a record and `RECURRENCE-ID` of one of its occurrences in an address.
type DatePath = PathParts<(Id, String)>;

/// Limits of occurrences in a response: maximum and default.
const LIMITS: (usize, usize) = (500, 50);

/// Returns the operations on occurrences of one kind; none when it does not recur.
#[must_use]
pub fn routes(kind: &'static Kind) -> Vec<Route> {
    if !series::recurs(kind) || !kind.writable {
        return Vec::new();
    }
    let all = format!("/api/v1/{}/{{id}}/occurrences", kind.collection);
    let one = format!("{all}/{{recurrence_id}}");
    let label = kind.label.to_lowercase();
    let policy = |action| Access::Policy(action, kind.area);
    let scope = [("scope", "this (unless given), following or all")];
    let mut routes = vec![
        Route::new(
            "get",
            &all,
            format!("Occurrences of one {label}"),
            policy(Action::View),
            get(move |state: AxumState<State>, caller: Caller, id: PathId, parameters: Parameters| {
                list(kind, state, caller, id, parameters)
            }),
        )
        .query(&[
            ("start", "From this day or instant (inclusive)"),
            ("end", "Before this day or instant"),
            ("limit", "Maximum number, 1 to 500; 50 unless given"),
        ])
        .answers(200, json!({ "type": "object" })),
        Route::new(
            "get",
            &one,
            format!("One occurrence of one {label}"),
            policy(Action::View),
            get(move |state: AxumState<State>, caller: Caller, path: DatePath| {
                read(kind, state, caller, path)
            }),
        )
        .answers(200, openapi::reference(kind)),
        Route::new(
            "patch",
            &one,
            format!("Change this, this and following, or all occurrences of a {label}"),
            policy(Action::Edit),
            patch(
                move |state: AxumState<State>,
                      caller: Caller,
                      path: DatePath,
                      parameters: Parameters,
                      headers: HeaderMap,
                      body: Body| {
                    change(kind, state, caller, path, parameters, headers, body)
                },
            ),
        )
        .query(&scope)
        .body(openapi::input_reference(kind))
        .answers(200, openapi::reference(kind)),
        Route::new(
            "delete",
            &one,
            format!("Cancel this, this and following, or all occurrences of a {label}"),
            policy(Action::Edit),
            delete(
                move |state: AxumState<State>,
                      caller: Caller,
                      path: DatePath,
                      parameters: Parameters,
                      headers: HeaderMap| {
                    cancel(kind, state, caller, path, parameters, headers)
                },
            ),
        )
        .query(&scope)
        .answers(204, Json::Null),
    ];
    for (word, summary, command) in BACK {
        routes.push(
            Route::new(
                "post",
                format!("{one}/{word}"),
                summary.replace("{label}", &label),
                policy(Action::Edit),
                post(
                    move |state: AxumState<State>, caller: Caller, path: DatePath, headers: HeaderMap| async move {
                        put_back(kind, &state.0, &caller, path, &headers, command)
                    },
                ),
            )
            .answers(200, openapi::reference(kind)),
        );
    }
    for route in &mut routes {
        route.tag = kind.collection;
    }
    routes
}

type Command = fn(&App, &Actor, &Target<'_>) -> Result<Occurrence, AppError>;

/// Operations that reset an occurrence: last part of the address, summary, and command.
const BACK: [(&str, &str, Command); 2] = [
    ("restore", "Restore a cancelled occurrence of a {label}", App::restore_occurrence),
    ("reset", "Reset a changed occurrence of a {label} to the series", App::reset_occurrence),
];

fn scope_of(parameters: &Parameters) -> Result<Scope, Problem> {
    parameters.only(&["scope"])?;
    match parameters.get("scope") {
        None => Ok(Scope::This),
        Some(text) => Scope::read(text).map_err(|error| Parameters::wrong("scope", error.message)),
    }
}

/// Returns the result of a change: the record on the occurrence, or the series when the change reached further.
fn answer(state: &State, scope: Scope, occurrence: &Occurrence) -> ApiResult {
    let series = &occurrence.series;
    let record = match (&occurrence.single, scope) {
        (Some(single), Scope::This) => {
            let mut single = single.clone();
            single.version = series.version;
            single
        }
        _ => series.clone(),
    };
    record_response_with(
        state,
        StatusCode::OK,
        &record,
        [("recurrence_id", json!(occurrence.recurrence_id)), ("undo", json!(occurrence.undo()))],
    )
}

fn bound(state: &State, parameters: &Parameters, name: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = parameters.get(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let day = parse_date(text).ok().and_then(|day| day.to_zoned(state.app.zone().clone()).ok());
    match (day, text.replace(' ', "+").parse::<Timestamp>()) {
        (Some(day), _) => Ok(Some(day.timestamp())),
        (None, Ok(instant)) => Ok(Some(instant)),
        (None, Err(_)) => Err(Parameters::wrong(
            name,
            "Must be a date like 2027-01-25 or an instant like 2027-01-25T09:00:00+08:00.",
        )),
    }
}

async fn list(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
) -> ApiResult {
    parameters.only(&["start", "end", "limit"])?;
    let window = (bound(&state, &parameters, "start")?, bound(&state, &parameters, "end")?);
    let limit = parameters.number("limit", LIMITS.1, 1..=LIMITS.0)?;
    let dates = blocking(|| state.app.occurrences(&caller.actor, kind, id.0, window, limit))?;
    let (names, records): (Vec<String>, Vec<_>) = dates.into_iter().unzip();
    let mut items = blocking(|| state.app.represent(&records))?;
    for (name, item) in names.into_iter().zip(&mut items) {
        item.extend([("recurrence_id", name.into())]);
    }
    Ok(axum::Json(Items { items }).into_response())
}

async fn read(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts((id, date)): DatePath,
) -> ApiResult {
    let occurrence = blocking(|| state.app.occurrence(&caller.actor, kind, id, &date))?;
    answer(&state, Scope::This, &occurrence)
}

async fn change(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts((id, date)): DatePath,
    parameters: Parameters,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let scope = scope_of(&parameters)?;
    let expected = expected_version(&headers)?;
    let target = Target { kind, id, recurrence_id: &date, scope, expected };
    let occurrence = blocking(|| state.app.change_occurrence(&caller.actor, &target, &body.object))?;
    answer(&state, scope, &occurrence)
}

async fn cancel(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts((id, date)): DatePath,
    parameters: Parameters,
    headers: HeaderMap,
) -> ApiResult {
    let scope = scope_of(&parameters)?;
    let expected = expected_version(&headers)?;
    let target = Target { kind, id, recurrence_id: &date, scope, expected };
    blocking(|| state.app.cancel_occurrence(&caller.actor, &target))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn put_back(
    kind: &'static Kind,
    state: &State,
    caller: &Caller,
    PathParts((id, date)): DatePath,
    headers: &HeaderMap,
    command: Command,
) -> ApiResult {
    let expected = expected_version(headers)?;
    let target = Target { kind, id, recurrence_id: &date, scope: Scope::This, expected };
    let occurrence = blocking(|| command(&state.app, &caller.actor, &target))?;
    answer(state, Scope::This, &occurrence)
}
