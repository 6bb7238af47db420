//! Calendar operations: feed of a window, moving and copying entries.

use axum::body::Body;
use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use jiff::Timestamp;
use obcms_app::AppError;
use obcms_app::calendar::density::Density;
use obcms_app::calendar::{CalendarQuery, Entry, FILTERS, Feed, Moved, Rows, WINDOW};
use obcms_domain::calendar::actions;
use obcms_domain::kinds;
use obcms_domain::registry::Module;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::feeds::{ChunkSource, Content, FeedKey, Rendered};
use crate::core::input::{Body as Input, Parameters, PathParts, expected_version};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

use super::overview::{self, Limits};

type ApiResult = Result<Response, Problem>;

/// Operations: feed, download, move.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/api/v1/calendar",
            "Calendar entries in a window of at most 400 days",
            Access::Role,
            get(|state: AxumState<State>, caller: Caller, headers: HeaderMap, parameters: Parameters| {
                feed(state, caller, headers, parameters, false)
            }),
        )
        .query(&WINDOW)
        .query(&FILTERS)
        .query(&overview::PARAMETERS)
        .answers(200, feed_schema(true))
        .tag("calendar"),
        Route::new(
            "get",
            "/api/v1/calendar.json",
            "The same as a file to download; without a window 400 days from the last month on",
            Access::Role,
            get(|state: AxumState<State>, caller: Caller, headers: HeaderMap, parameters: Parameters| {
                feed(state, caller, headers, parameters, true)
            }),
        )
        .query(&WINDOW)
        .query(&FILTERS)
        .answers(200, feed_schema(false))
        .tag("calendar"),
        Route::new(
            "get",
            "/api/v1/calendar/days",
            "Number of entries per day and module, in the caller's time zone",
            Access::Role,
            get(days),
        )
        .query(&WINDOW)
        .query(&FILTERS)
        .answers(200, days_schema())
        .tag("calendar"),
        Route::new(
            "get",
            "/api/v1/calendar/rows",
            "The rows of a timeline: the people or the resources that the filters name, or all",
            Access::Role,
            get(rows),
        )
        .query(&[("about", "`people` or `resources`; required")])
        .query(&FILTERS)
        .answers(200, rows_schema())
        .tag("calendar"),
        Route::new(
            "patch",
            "/api/v1/calendar/entries/{entry_id}",
            "Move or reassign an entry: changes its record",
            Access::Role,
            patch(move_entry),
        )
        .action(&actions::MOVE_ENTRY)
        .answers(200, entry_schema(true))
        .tag("calendar"),
        Route::new(
            "post",
            "/api/v1/calendar/entries/{entry_id}/copy",
            "Copy an entry: a new record with new dates and initial status",
            Access::Role,
            post(copy_entry),
        )
        .action(&actions::COPY_ENTRY)
        .answers(201, entry_schema(true))
        .tag("calendar"),
    ]
}

fn entry_schema(moved: bool) -> Json {
    let text = || json!({ "type": "string" });
    let optional = || json!({ "type": ["string", "null"] });
    let modules: Vec<&str> = Module::CALENDAR.iter().map(|module| module.key()).collect();
    let kinds: Vec<&str> = kinds::date_roles().map(|(_, role)| role.entry_kind).collect();
    let mut properties = json!({
        "id": {
            "type": "string",
            "description": "Stable: kind of the record, its id, kind of the entry, number within it; with hyphens",
        },
        "title": text(),
        "start": { "type": "string", "description": "A day when all_day, else an instant with offset" },
        "end": { "type": "string", "description": "Exclusive" },
        "all_day": { "type": "boolean" },
        "module": { "type": "string", "enum": modules },
        "kind": { "type": "string", "enum": kinds },
        "status": optional(),
        "priority": optional(),
        "color": text(),
        "url": text(),
        "editable": { "type": "boolean", "description": "True if the caller may move it" },
        "source": { "type": "object", "properties": { "kind": text(), "id": text() } },
        "recurrence_id": optional(),
        "location": optional(),
        "people": {
            "type": "array",
            "items": { "type": "object", "properties": { "id": text(), "name": text() } },
        },
        "resources": {
            "type": "array",
            "items": text(),
            "description": "Ids of booked resources; absent if none",
        },
    });
    if moved && let Some(members) = properties.as_object_mut() {
        let undo = json!({ "type": ["string", "null"], "description": "Address to undo it by POST" });
        members.insert("undo".to_owned(), undo);
    }
    json!({ "type": "object", "properties": properties })
}

fn feed_schema(with_counts: bool) -> Json {
    let mut properties = json!({
        "entries": { "type": "array", "items": entry_schema(false) },
        "generated_at": { "type": "string", "format": "date-time" },
    });
    if with_counts {
        overview::add_to_schema(&mut properties);
    }
    json!({ "type": "object", "properties": properties })
}

fn days_schema() -> Json {
    let counts = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
    let day = json!({
        "type": "object",
        "properties": {
            "date": { "type": "string", "format": "date" },
            "count": { "type": "integer" },
            "modules": counts,
        },
    });
    json!({ "type": "object", "properties": { "days": { "type": "array", "items": day } } })
}

fn rows_schema() -> Json {
    let text = || json!({ "type": "string" });
    let row = json!({ "type": "object", "properties": { "id": text(), "name": text(), "note": text() } });
    json!({ "type": "object", "properties": { "rows": { "type": "array", "items": row } } })
}

async fn rows(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    let about = parameters
        .get("about")
        .and_then(Rows::parse)
        .ok_or_else(|| Parameters::wrong("about", "Must be people or resources."))?;
    let mut filters = parameters.0.clone();
    filters.retain(|(name, _)| name != "about");
    let query = CalendarQuery::parse_filters(&filters, state.app.zone())?;
    let rows = blocking(|| state.app.timeline_rows(&caller.actor, about, &query))?;
    Ok(axum::Json(json!({ "rows": rows })).into_response())
}

#[derive(Serialize)]
struct DayCount<'a> {
    date: jiff::civil::Date,
    #[serde(flatten)]
    density: &'a Density,
}

async fn days(AxumState(state): AxumState<State>, caller: Caller, parameters: Parameters) -> ApiResult {
    let zone = overview::zone_of(&state, &caller);
    let query = CalendarQuery::parse(&parameters.0, &zone)?;
    let days = blocking(|| state.app.calendar_days(&caller.actor, &query, &zone))?;
    let days: Vec<DayCount<'_>> =
        days.iter().map(|(date, density)| DayCount { date: *date, density }).collect();
    Ok(axum::Json(json!({ "days": days })).into_response())
}

async fn feed(
    AxumState(state): AxumState<State>,
    caller: Caller,
    headers: HeaderMap,
    parameters: Parameters,
    download: bool,
) -> ApiResult {
    let (limits, query) = if download {
        (Limits::default(), CalendarQuery::parse_for_download(&parameters.0, &state.app)?)
    } else {
        let (limits, others) = Limits::parse(&parameters.0)?;
        (limits, CalendarQuery::parse(&others, state.app.zone())?)
    };
    let mut asked = parameters.0;
    asked.push(("window".to_owned(), query.window.start.to_string()));
    if limits.per_day.is_some() {
        asked.push(("zone".to_owned(), caller.actor.timezone.clone()));
    }
    let key = FeedKey { actor: (&caller.actor).into(), asked };
    let Rendered { content, etag, .. } =
        blocking(|| match state.feeds.find(&key, state.app.state()?, state.app.now())? {
            Some(rendered) => Ok::<_, AppError>(rendered),
            None => {
                let rendered = render(&state, &caller, &query, &limits)?;
                state.feeds.keep(key, rendered.clone());
                Ok(rendered)
            }
        })?;
    let mut response = if is_known(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(content));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    };
    let answered = response.headers_mut();
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answered.insert(header::VARY, HeaderValue::from_static("cookie, authorization"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        answered.insert(header::ETAG, value);
    }
    if download {
        let name = HeaderValue::from_static("attachment; filename=\"calendar.json\"");
        answered.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn render(
    state: &State,
    caller: &Caller,
    query: &CalendarQuery,
    limits: &Limits,
) -> Result<Rendered, AppError> {
    // The ETag covers only the entries and their counts, not the time of rendering.
    let (number, listed, digest) = match limits.per_day {
        Some(per_day) => overview::render(state, caller, query, limits, per_day)?,
        None => {
            let (number, mut feed) = state.app.calendar(&caller.actor, query)?;
            if limits.ongoing {
                feed.entries.retain(Entry::is_ongoing);
            }
            let digest = feed.digest()?;
            (number, Listed { feed, counts: Vec::new(), generated_at: state.app.now() }, digest)
        }
    };
    let until = listed.feed.holds_until(&state.app);
    Ok(Rendered { state: number, content: Content::of(listed)?, etag: etag(digest), until })
}

/// Feed as the member `entries` of a response.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) feed: Feed,
    /// Members with counts, each after a comma.
    pub(super) counts: Vec<u8>,
    pub(super) generated_at: Timestamp,
}

impl ChunkSource for Listed {
    fn count(&self) -> usize {
        self.feed.entries.len() + 1
    }

    fn write(&self, position: usize, out: &mut Vec<u8>) -> Result<(), AppError> {
        if position == 0 {
            out.extend_from_slice(b"{\"entries\":[");
        }
        match self.feed.entries.get(position) {
            Some(entry) => {
                if position > 0 {
                    out.push(b',');
                }
                self.feed.write_entry(entry, out)?;
            }
            None => {
                out.push(b']');
                out.extend_from_slice(&self.counts);
                out.extend_from_slice(format!(",\"generated_at\":\"{}\"}}", self.generated_at).as_bytes());
            }
        }
        Ok(())
    }
}

/// Returns the ETag of a feed. It is weak, because compression may change the bytes.
pub(super) fn etag(digest: u64) -> String {
    format!("W/\"{digest:016x}\"")
}

/// Returns true if the client has the version of this ETag.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}

/// Returns the moved or created entry, with the address of its undo.
fn moved_entry(moved: &Moved) -> Result<axum::Json<Json>, AppError> {
    let entry = moved.feed.entries.first().ok_or(AppError::NotFound("entry"))?;
    let mut value = moved.feed.value(entry)?;
    value["undo"] = json!(moved.undo);
    Ok(axum::Json(value))
}

async fn move_entry(
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts(entry): PathParts<String>,
    headers: HeaderMap,
    body: Input,
) -> ApiResult {
    let expected = expected_version(&headers)?;
    let moved = blocking(|| state.app.move_entry(&caller.actor, &entry, &body.object, expected))?;
    let mut response = moved_entry(&moved)?.into_response();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", moved.version)) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

async fn copy_entry(
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts(entry): PathParts<String>,
    body: Input,
) -> ApiResult {
    let copy = blocking(|| state.app.copy_entry(&caller.actor, &entry, &body.object))?;
    let mut response = (StatusCode::CREATED, moved_entry(&copy)?).into_response();
    let made = copy.feed.entries.first().map(|entry| (entry.row.kind.collection, entry.row.record_id));
    let location = made.map(|(collection, id)| format!("/api/v1/{collection}/{id}"));
    if let Some(Ok(location)) = location.map(|location| HeaderValue::from_str(&location)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
