//! Collections: list, read, create, change, archive, restore, history, undo, for any kind.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use obcms_app::records::lists::{LIMIT, MAXIMUM_LIMIT};
use obcms_app::records::undo::landing;
use obcms_domain::accounts::Action;
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::registry::output::Representation;
use obcms_domain::registry::{Kind, Record};
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId, expected_version};
use crate::core::openapi;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Operations of one kind.
#[must_use]
pub fn routes(kind: &'static Kind) -> Vec<Route> {
    let all = format!("/api/v1/{}", kind.collection);
    let one = format!("{all}/{{id}}");
    let (label, plural) = (kind.label.to_lowercase(), kind.plural.to_lowercase());
    let policy = |action| Access::Policy(action, kind.area);
    let schema = || openapi::reference(kind);
    let mut routes = vec![
        Route::new(
            "get",
            &all,
            format!("List {plural}"),
            policy(Action::View),
            get(move |state: AxumState<State>, caller: Caller, parameters: Parameters| {
                list(kind, state, caller, parameters)
            }),
        )
        .list_of(kind, &[])
        .answers(200, openapi::page_of(kind)),
        Route::new(
            "get",
            &one,
            format!("Read one {label}"),
            policy(Action::View),
            get(move |state: AxumState<State>, caller: Caller, id: PathId| read(kind, state, caller, id)),
        )
        .answers(200, schema()),
        Route::new(
            "get",
            format!("{one}/history"),
            format!("History of one {label}"),
            policy(Action::View),
            get(move |state: AxumState<State>, caller: Caller, id: PathId, parameters: Parameters| {
                history(kind, state, caller, id, parameters)
            }),
        )
        .query(&[("limit", "Maximum number, 1 to 500"), ("cursor", "Cursor of the next page")])
        .answers(200, json!({ "type": "object" })),
    ];
    if kind.writable {
        routes.extend(writing(kind));
    }
    for route in &mut routes {
        route.tag = kind.collection;
    }
    routes
}

/// Operations that change records of one kind.
fn writing(kind: &'static Kind) -> Vec<Route> {
    let all = format!("/api/v1/{}", kind.collection);
    let label = kind.label.to_lowercase();
    let policy = |action| Access::Policy(action, kind.area);
    let schema = || openapi::reference(kind);
    let mut routes = vec![
        Route::new(
            "post",
            &all,
            format!("Create one {label}"),
            policy(Action::Create),
            post(move |state: AxumState<State>, caller: Caller, headers: HeaderMap, body: Body| {
                create(kind, state, caller, headers, body)
            }),
        )
        .body(openapi::input_reference(kind))
        .answers(201, schema()),
    ];
    if kind.is_changeable() {
        routes.extend(changing(kind));
    }
    routes
}

/// Operations that change existing records.
fn changing(kind: &'static Kind) -> Vec<Route> {
    let one = format!("/api/v1/{}/{{id}}", kind.collection);
    let label = kind.label.to_lowercase();
    let policy = |action| Access::Policy(action, kind.area);
    let schema = || openapi::reference(kind);
    vec![
        Route::new(
            "patch",
            &one,
            format!("Change one {label}"),
            policy(Action::Edit),
            patch(
                move |state: AxumState<State>, caller: Caller, id: PathId, headers: HeaderMap, body: Body| {
                    update(kind, state, caller, id, headers, body)
                },
            ),
        )
        .body(openapi::input_reference(kind))
        .answers(200, schema()),
        Route::new(
            "delete",
            &one,
            format!("Archive one {label}"),
            policy(Action::Archive),
            delete(move |state: AxumState<State>, caller: Caller, id: PathId, headers: HeaderMap| {
                archive(kind, state, caller, id, headers)
            }),
        )
        .answers(204, Json::Null),
        Route::new(
            "post",
            format!("{one}/restore"),
            format!("Restore one {label}"),
            policy(Action::Restore),
            post(move |state: AxumState<State>, caller: Caller, id: PathId, headers: HeaderMap| {
                restore(kind, state, caller, id, headers)
            }),
        )
        .answers(200, schema()),
        Route::new(
            "post",
            format!("{one}/undo"),
            format!("Undo the last change of one {label}"),
            Access::Role,
            post(
                move |state: AxumState<State>,
                      caller: Caller,
                      id: PathId,
                      parameters: Parameters,
                      headers: HeaderMap| {
                    undo(kind, state, caller, id, parameters, headers)
                },
            ),
        )
        .query(&[("change_set", "Change set to undo; the last one in effect by default")])
        .answers(200, openapi::with_landing(&schema())),
    ]
}

/// Returns the response with one record, with its version as ETag.
pub fn record_response(state: &State, status: StatusCode, record: &Record) -> ApiResult {
    record_response_with(state, status, record, [])
}

/// Returns the response with one record for the caller, who may be its owner and see more of it.
pub fn record_response_to(state: &State, caller: &Caller, status: StatusCode, record: &Record) -> ApiResult {
    let body = state.app.owner_fields(&caller.base, &caller.actor, record);
    record_response_with(state, status, record, body)
}

/// Returns the response with further members.
pub fn record_response_with(
    state: &State,
    status: StatusCode,
    record: &Record,
    more: impl IntoIterator<Item = (&'static str, Json)>,
) -> ApiResult {
    let mut body = blocking(|| state.app.represent_one(record))?;
    body.extend(more);
    let mut response = (status, axum::Json(body)).into_response();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", record.version)) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// Records as a list that is not paged.
#[derive(Serialize)]
pub struct Items<'a> {
    /// Records in their order.
    pub items: Vec<Representation<'a>>,
}

/// Page of a list.
#[derive(Serialize)]
struct ListPage<'a> {
    items: Vec<Representation<'a>>,
    next_cursor: Option<&'a str>,
    total: i64,
}

async fn list(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> ApiResult {
    blocking(|| {
        let listing = state.app.list(&caller.actor, kind, &parameters.0)?;
        let mut items = state.app.represent(&listing.records)?;
        for (record, item) in listing.records.iter().zip(&mut items) {
            item.extend(state.app.owner_fields(&caller.base, &caller.actor, record));
        }
        let body = ListPage { items, next_cursor: listing.next_cursor.as_deref(), total: listing.total };
        Ok(axum::Json(body).into_response())
    })
}

async fn read(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
) -> ApiResult {
    let record = blocking(|| state.app.get(&caller.actor, kind, id.0))?;
    record_response_to(&state, &caller, StatusCode::OK, &record)
}

async fn create(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let key = idempotency_key(&headers)?;
    let _turn = state.hashing.turn_to_write(&caller.actor, kind, &body.object).await?;
    let Some(key) = key else {
        let record = blocking(|| state.app.create(&caller.actor, kind, &body.object))?;
        let mut response = record_response_to(&state, &caller, StatusCode::CREATED, &record)?;
        set_location(&mut response, &format!("/api/v1/{}/{}", kind.collection, record.id));
        return Ok(response);
    };
    let digest = hex(&Sha256::digest(&body.bytes));
    let request = format!("POST {} {digest}", kind.collection);
    let answer =
        blocking(|| state.app.create_once(&caller.actor, kind, &body.object, &key, &request, &caller.base))?;
    let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = (status.unwrap_or(StatusCode::CREATED), answer.body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::ETAG, HeaderValue::from_static("\"1\""));
    set_location(&mut response, &answer.location);
    Ok(response)
}

fn set_location(response: &mut Response, location: &str) {
    if let Ok(value) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if (1..=200).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "The Idempotency-Key must be 1 to 200 visible characters.",
        )),
    }
}

async fn update(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
    body: Body,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let _turn = state.hashing.turn_to_write(&caller.actor, kind, &body.object).await?;
    let record = blocking(|| state.app.update(&caller.actor, kind, id.0, &body.object, expected))?;
    record_response_to(&state, &caller, StatusCode::OK, &record)
}

async fn archive(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    blocking(|| state.app.archive(&caller.actor, kind, id.0, expected))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn restore(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    headers: HeaderMap,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let record = blocking(|| state.app.restore(&caller.actor, kind, id.0, expected))?;
    record_response_to(&state, &caller, StatusCode::OK, &record)
}

async fn undo(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
    headers: HeaderMap,
) -> ApiResult {
    parameters.only(&["change_set"])?;
    let set = optional_id(&parameters, "change_set")?;
    let expected = expected_version(&headers)?;
    let record = blocking(|| state.app.undo(&caller.actor, kind, id.0, set, expected))?;
    let mut more = state.app.owner_fields(&caller.base, &caller.actor, &record);
    more.push(("landing", landing(&record).into()));
    record_response_with(&state, StatusCode::OK, &record, more)
}

fn optional_id(parameters: &Parameters, name: &str) -> Result<Option<Id>, Problem> {
    match parameters.get(name) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Parameters::wrong(name, "Must be an id.")),
    }
}

async fn history(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
) -> ApiResult {
    parameters.only(&["limit", "cursor"])?;
    let before = optional_id(&parameters, "cursor")?;
    let limit = parameters.number("limit", LIMIT, 1..=MAXIMUM_LIMIT)?;
    let entries = blocking(|| state.app.history(&caller.actor, kind, id.0, before, limit + 1))?;
    let shown = entries.len().min(usize::try_from(limit).unwrap_or(0));
    let next = (entries.len() > shown).then(|| entries[shown - 1].change.id);
    let items: Vec<Json> = entries[..shown].iter().map(obcms_app::records::history::Entry::to_json).collect();
    Ok(axum::Json(json!({ "items": items, "next_cursor": next })).into_response())
}
