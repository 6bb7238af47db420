//! Operations on the files of records.

use axum::extract::{Request, State as AxumState};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use obcms_domain::accounts::Action;
use obcms_domain::attachments::FileType;
use obcms_domain::registry::Kind;
use obcms_store::attachments::Attachment;
use serde_json::{Value as Json, json};

use super::{FilePath, address, download, kinds, upload};
use crate::components::words::{self, t};
use crate::core::caller::Caller;
use crate::core::input::{Parameters, PathId, PathParts};
use crate::core::limits::MAXIMUM_ATTACHMENT;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

type ApiResult = Result<Response, Problem>;

/// Operations of the subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    kinds().flat_map(of_kind).collect()
}

fn of_kind(kind: &'static Kind) -> Vec<Route> {
    let all = format!("/api/v1/{}/{{id}}/files", kind.collection);
    let one = format!("{all}/{{file}}");
    let label = words::lower(kind.label);
    let sees = Access::Policy(Action::View, kind.area);
    vec![
        Route::new(
            "get",
            &all,
            t!("Files of one {label}", label),
            sees,
            get(move |state: AxumState<State>, caller: Caller, id: PathId| list(kind, state, caller, id)),
        )
        .answers(200, list_schema()),
        Route::new(
            "post",
            &all,
            t!("Attach a file to one {label}", label),
            sees,
            post(
                move |state: AxumState<State>, caller: Caller, id: PathId, query: Parameters, request: Request| {
                    attach(kind, state, caller, id, query, request)
                },
            ),
        )
        .takes_file(MAXIMUM_ATTACHMENT)
        .query(&round_parameter(kind))
        .body(json!({
            "type": "object",
            "description": t!("Sent as multipart/form-data. The content decides the type: pictures, PDF, Office and OpenDocument files, text, CSV, ZIP."),
            "required": ["file"],
            "properties": {
                "file": { "type": "string", "format": "binary", "description": t!("At most 25 MB, with its name") },
            },
        }))
        .answers(201, schema()),
        Route::new(
            "get",
            &one,
            t!("Content of a file of one {label}", label),
            sees,
            get(
                move |state: AxumState<State>,
                      caller: Caller,
                      path: FilePath,
                      query: Parameters,
                      headers: HeaderMap| content(kind, state, caller, path, query, headers),
            ),
        )
        .query(&[("inline", t!("true: to be shown rather than saved; pictures and PDF only"))])
        .answers(200, json!({ "type": "string", "format": "binary" })),
        Route::new(
            "delete",
            &one,
            t!("Remove a file of one {label}; it can be restored for 30 days", label),
            sees,
            delete(move |state: AxumState<State>, caller: Caller, path: FilePath| remove(kind, state, caller, path)),
        )
        .answers(204, json!({})),
        Route::new(
            "post",
            format!("{one}/restore"),
            t!("Restore a removed file of one {label}", label),
            sees,
            post(move |state: AxumState<State>, caller: Caller, path: FilePath| restore(kind, state, caller, path)),
        )
        .answers(200, schema()),
    ]
    .into_iter()
    .map(|route| route.tag(kind.collection))
    .collect()
}

/// Parameters of an upload: files of PPAs may belong to an approval round.
fn round_parameter(kind: &Kind) -> Vec<(&'static str, &'static str)> {
    if kind.name == "ppa" {
        vec![("round", t!("Number of the running approval round that the file belongs to"))]
    } else {
        Vec::new()
    }
}

fn schema() -> Json {
    json!({ "type": "object", "properties": {
        "id": { "type": "string", "format": "uuid" },
        "name": { "type": "string" },
        "content_type": { "type": "string", "enum": FileType::ALL.map(FileType::media_type) },
        "size_bytes": { "type": "integer" },
        "sha256": { "type": "string" },
        "round": { "type": ["integer", "null"], "description": t!("Approval round of a PPA") },
        "uploaded_by": { "type": ["string", "null"], "format": "uuid" },
        "uploaded_at": { "type": "string", "format": "date-time" },
        "url": { "type": "string", "description": t!("Address of the content") },
    } })
}

fn list_schema() -> Json {
    json!({ "type": "object", "properties": {
        "items": { "type": "array", "items": schema() },
        "may_add": { "type": "boolean", "description": t!("You may attach files") },
    } })
}

/// Returns the representation of a file.
fn represent(kind: &Kind, file: &Attachment) -> Json {
    json!({
        "id": file.id,
        "name": file.name,
        "content_type": file.content_type,
        "size_bytes": file.size_bytes,
        "sha256": file.hash,
        "round": file.round,
        "uploaded_by": file.uploaded_by,
        "uploaded_at": file.uploaded_at,
        "url": format!("{}/{}", address(kind, file.record_id), file.id),
    })
}

async fn list(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
) -> ApiResult {
    let list = blocking(|| state.app.attachments(&caller.actor, kind, id.0))?;
    let items: Vec<Json> = list.files.iter().map(|one| represent(kind, &one.file)).collect();
    Ok(axum::Json(json!({ "items": items, "may_add": list.may_add })).into_response())
}

/// Returns the round of an upload.
pub(super) fn round_of(query: &Parameters) -> Result<Option<i64>, Problem> {
    let round = query.number("round", 0, 0..=i64::from(i32::MAX))?;
    Ok((round > 0).then_some(round))
}

async fn attach(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    query: Parameters,
    request: Request,
) -> ApiResult {
    query.only(if round_parameter(kind).is_empty() { &[] } else { &["round"] })?;
    let round = round_of(&query)?;
    blocking(|| state.app.require_attach(&caller.actor, kind, id.0, round))?;
    let file = upload::one(&state, request).await?;
    let (file, is_new) = blocking(|| state.app.attach(&caller.actor, kind, id.0, round, &file))?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let represented = represent(kind, &file);
    let location = represented["url"].as_str().and_then(|url| HeaderValue::from_str(url).ok());
    let mut response = (status, axum::Json(represented)).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn content(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts((record, file)): FilePath,
    query: Parameters,
    headers: HeaderMap,
) -> ApiResult {
    query.only(&["inline"])?;
    let inline = match query.get("inline") {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(Parameters::wrong("inline", "Must be true or false.")),
    };
    let (file, content) = blocking(|| state.app.attachment(&caller.actor, kind, record, file))?;
    download::respond(&file, content, &headers, inline)
}

async fn remove(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts((record, file)): FilePath,
) -> ApiResult {
    blocking(|| state.app.remove_attachment(&caller.actor, kind, record, file))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn restore(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    PathParts((record, file)): FilePath,
) -> ApiResult {
    let file = blocking(|| state.app.restore_attachment(&caller.actor, kind, record, file))?;
    Ok(axum::Json(represent(kind, &file)).into_response())
}
