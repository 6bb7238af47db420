//! Files of records: export and import as CSV and XLSX.

use std::io::Read;

use axum::body::Body;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request, State as AxumState};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt, stream};
use obcms_app::records::lists::repeated;
use obcms_app::records::transfer::{Duplicates, Export, Form, Format, MAXIMUM_BYTES, Report, Table};
use obcms_app::{App, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::message;
use obcms_domain::registry::{FieldError, Kind};
use serde_json::{Value as Json, json};
use tempfile::SpooledTempFile;

use crate::core::caller::Caller;
use crate::core::exports::while_running;
use crate::core::input::{Parameters, PathId};
use crate::core::limits::{MAXIMUM_UPLOAD, UPLOAD_PARTS};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route, file_too_large};
use crate::core::spool::Spool;
use crate::core::state::{State, blocking};

/// Operations on files of one kind.
#[must_use]
pub fn routes(kind: &'static Kind) -> Vec<Route> {
    let all = format!("/api/v1/{}", kind.collection);
    let plural = kind.plural.to_lowercase();
    let mut routes: Vec<Route> = [Format::Csv, Format::Xlsx]
        .into_iter()
        .map(|format| {
            Route::new(
                "get",
                format!("{all}/export.{}", format.ending()),
                format!("All matching {plural} as {}", format.ending().to_uppercase()),
                Access::Policy(Action::Export, kind.area),
                get(move |state: AxumState<State>, caller: Caller, parameters: Parameters| {
                    export(kind, format, state, caller, parameters)
                }),
            )
            .answers(200, json!({ "type": "string", "format": "binary" }))
            .list_of(kind, &["limit", "cursor"])
            .query(&[
                (
                    "form",
                    "people (unless given): labels, names, pesos, dates of the office; raw: names, ids and centavos \
                     as in the API",
                ),
                (
                    "columns",
                    "Names of the columns of a file for people, separated by commas: fields, id, created_at, \
                     created_by, updated_at, archived_at; all fields and the id unless given",
                ),
            ])
        })
        .collect();
    if kind.writable {
        routes.push(
            Route::new(
                "post",
                format!("{all}/import"),
                format!("Import {plural} from CSV or XLSX, with labels or names as headers: rows with an id update records, rows without an id create new ones"),
                Access::Policy(Action::Import, kind.area),
                post(move |state: AxumState<State>, caller: Caller, parameters: Parameters, upload: Upload| {
                    import(kind, state, caller, parameters, upload)
                }),
            )
            .body_limit(MAXIMUM_UPLOAD)
            .query(&[
                ("dry_run", "true: preview only, nothing is saved"),
                (
                    "duplicates",
                    "skip: rows without an id that equal an existing record or a row above are left out; create, unless \
                     given: they are created",
                ),
            ])
            .body(json!({
                "type": "object",
                "description": "Sent as multipart/form-data.",
                "required": ["file"],
                "properties": {
                    "file": { "type": "string", "format": "binary", "description": "CSV or XLSX, at most 5 MB and 5,000 rows" },
                    "dry_run": { "type": "string", "enum": ["true", "false"] },
                    "duplicates": { "type": "string", "enum": ["skip", "create"] },
                },
            }))
            .answers(200, report_schema()),
        );
    }
    for route in &mut routes {
        route.tag = kind.collection;
    }
    routes
}

/// Description of the report of an import.
fn report_schema() -> Json {
    json!({
        "type": "object",
        "properties": {
            "created": { "type": "integer" },
            "updated": { "type": "integer" },
            "unchanged": { "type": "integer" },
            "duplicates": { "type": "integer", "description": "Rows without an id that equal an existing record or a row above" },
            "skipped": { "type": "integer", "description": "Duplicates that are left out" },
            "total_rows": { "type": "integer", "description": "Rows with totals, which are not imported" },
            "ignored_columns": { "type": "array", "items": { "type": "string" }, "description": "Headers of fields that are not imported because they are calculated" },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "row": { "type": "integer" },
                        "field": { "type": "string" },
                        "column": { "type": "string", "description": "Header in the file" },
                        "cell": { "type": "string", "description": "Reference in a spreadsheet, such as D5" },
                        "value": { "type": "string" },
                        "code": { "type": "string" },
                        "message": { "type": "string", "description": "What was expected" },
                    },
                },
            },
            "rows": {
                "type": "array",
                "description": "Rows of a dry run, at most 50 of each outcome",
                "items": {
                    "type": "object",
                    "properties": {
                        "row": { "type": "integer" },
                        "outcome": { "type": "string", "enum": ["new", "changed", "unchanged", "duplicate"] },
                        "title": { "type": "string" },
                        "id": { "type": ["string", "null"], "description": "Id of an existing record" },
                        "duplicate": {
                            "type": "object",
                            "description": "Record or row that a duplicate equals",
                            "properties": {
                                "id": { "type": ["string", "null"] },
                                "row": { "type": ["integer", "null"] },
                            },
                        },
                        "cells": {
                            "type": "array",
                            "description": "Values of a new record, changed values of an existing one",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "field": { "type": "string" },
                                    "column": { "type": "string", "description": "Header in the file" },
                                    "before": { "type": "string" },
                                    "after": { "type": "string" },
                                },
                            },
                        },
                    },
                },
            },
            "undo": { "type": "string", "description": "Address to undo the import by POST" },
        },
    })
}

/// Returns the parts of a CSV, each read when the client has taken the previous one.
fn csv_parts(
    app: App,
    export: Export,
    first: Option<Vec<u8>>,
) -> impl Stream<Item = Result<Vec<u8>, AppError>> {
    stream::unfold((app, export, first), |(app, mut export, part)| async move {
        let part = match part {
            Some(part) => Ok(part),
            None => blocking(|| app.next_csv(&mut export)).transpose()?,
        };
        Some((part, (app, export, None)))
    })
    .scan(false, |failed, part| {
        // After an error nothing follows: the connection closes, so that the file is recognized as incomplete.
        let is_over = std::mem::replace(failed, part.is_err());
        std::future::ready((!is_over).then_some(part))
    })
    .fuse()
}

/// Returns a file in parts.
pub(crate) fn file_parts(
    file: impl Read + Send + 'static,
) -> impl Stream<Item = Result<Vec<u8>, std::io::Error>> {
    stream::unfold(file, |mut file| async move {
        let mut part = Vec::with_capacity(PART);
        match blocking(|| (&mut file).take(PART as u64).read_to_end(&mut part)) {
            Ok(0) => None,
            Ok(_) => Some((Ok(part), file)),
            Err(error) => Some((Err(error), file)),
        }
    })
    .fuse()
}

/// Bytes of a file that are sent at once.
const PART: usize = 64 * 1024;

/// Operations that revert imports of any kind.
#[must_use]
pub fn import_routes() -> Vec<Route> {
    let mut route = Route::new(
        "post",
        "/api/v1/imports/{id}/undo",
        "Undo one of your own imports",
        Access::Role,
        post(undo_import),
    )
    .answers(
        200,
        json!({
            "type": "object",
            "properties": {
                "batches": { "type": "integer", "description": "Number of undone batches" },
                "records": { "type": "integer", "description": "Number of records in them" },
                "landing": { "type": "string", "description": "Page with the result" },
            },
        }),
    );
    route.tag = "imports";
    vec![route]
}

async fn undo_import(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&[])?;
    obcms_app::records::require_write(&caller.actor)?;
    let undone = blocking(|| state.app.undo_import(&caller.actor, id.0))?;
    Ok(axum::Json(undone).into_response())
}

async fn export(
    kind: &'static Kind,
    format: Format,
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let mut query = parameters.0;
    query.retain(|(_, value)| !value.is_empty());
    if let Some((name, _)) = query.iter().find(|(name, _)| name == "limit" || name == "cursor") {
        return Err(Parameters::wrong(name, "A file always contains all matching records."));
    }
    let errors = repeated(&query, &["form", "columns"]);
    if !errors.is_empty() {
        return Err(AppError::BadParameter(errors).into());
    }
    let mut take = |name: &str| {
        let place = query.iter().position(|(known, _)| known == name)?;
        Some(query.remove(place).1)
    };
    let (form, columns) = (take("form"), take("columns"));
    let form = match (form.as_deref(), columns.as_deref()) {
        (None | Some("people"), columns) => Form::People(columns),
        (Some("raw"), None) => Form::Raw,
        (Some("raw"), Some(_)) => {
            return Err(Parameters::wrong("columns", "A raw file always contains all columns."));
        }
        (Some(_), _) => return Err(Parameters::wrong("form", "Must be people or raw.")),
    };
    let running = state.exports.begin(caller.actor.id)?;
    let mut export = blocking(|| state.app.begin_export(&caller.actor, kind, &query, form))?;
    let name = export.file_name(state.app.today(), format);
    let body = match format {
        Format::Csv => {
            // Refusals come before the first byte.
            let first = blocking(|| state.app.next_csv(&mut export))?;
            Body::from_stream(while_running(running, csv_parts(state.app.clone(), export, first)))
        }
        Format::Xlsx => {
            // A workbook takes CPU and disk for seconds: the others wait.
            let turn = state.workbooks.clone().acquire_owned().await;
            let file = blocking(|| state.app.export_workbook(export))?;
            drop(turn);
            Body::from_stream(while_running(running, file_parts(file)))
        }
    };
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

async fn import(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
    upload: Upload,
) -> Result<Response, Problem> {
    parameters.only(&["dry_run", "duplicates"])?;
    upload.only(&["dry_run", "duplicates"])?;
    let dry_run = match parameters.get("dry_run").or_else(|| upload.text("dry_run")) {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(Parameters::wrong("dry_run", "Must be true or false.")),
    };
    let duplicates = match parameters.get("duplicates").or_else(|| upload.text("duplicates")) {
        // A program says what it wants: rows without an id are new ones, as before there were duplicates.
        None | Some("" | "create") => Duplicates::Create,
        Some("skip") => Duplicates::Skip,
        Some(_) => return Err(Parameters::wrong("duplicates", "Must be skip or create.")),
    };
    let file = upload.file.as_deref().ok_or_else(|| {
        Problem::from(AppError::field(
            "file",
            "required",
            "Send a file that is not empty as the part \"file\".",
        ))
    })?;
    let _turn = state.hashing.turn_to_import(&caller.actor, kind).await?;
    let report =
        blocking(|| state.app.import(&caller.actor, kind, &Table::read(file)?, duplicates, dry_run))?;
    if dry_run || report.errors.is_empty() {
        return Ok(axum::Json(report).into_response());
    }
    Err(refusal(&report))
}

/// Returns the refusal of a file with errors.
fn refusal(report: &Report) -> Problem {
    let mut problem =
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "The file was not imported. Nothing was changed.");
    problem.further.members.insert("created".to_owned(), json!(0));
    problem.further.members.insert("updated".to_owned(), json!(0));
    problem.further.members.insert("unchanged".to_owned(), json!(0));
    problem.further.members.insert("errors".to_owned(), json!(report.errors));
    problem
}

/// Form with a file: `multipart/form-data` with the part `file` and small texts.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Bytes of the part `file`, when a file was selected.
    pub file: Option<Vec<u8>>,
    texts: Vec<(String, String)>,
}

impl Upload {
    /// Returns the text of a part.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Refuses unknown and repeated parts.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let mut errors = Vec::new();
        for (position, (name, _)) in self.texts.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                errors.push(FieldError::new(name.clone(), "unknown_parameter", "Unknown part."));
            } else if self.texts[..position].iter().any(|(other, _)| other == name) {
                errors.push(FieldError::new(name.clone(), "repeated", "This part can be sent only once."));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(AppError::BadParameter(errors).into()) }
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        Self::read(request, state, MAXIMUM_BYTES).await
    }
}

impl Upload {
    /// Reads a form with a file of at most `most` bytes.
    ///
    /// # Errors
    ///
    /// Refuses other content types, too many parts, repeated files, and larger files.
    async fn read<S: Send + Sync>(request: Request, state: &S, most: usize) -> Result<Self, Problem> {
        let mut bytes = Vec::new();
        let mut upload = Self::read_into(request, state, most, &mut |chunk| {
            if bytes.len() + chunk.len() > most {
                return Err(file_too_large(most));
            }
            bytes.extend_from_slice(chunk);
            Ok(())
        })
        .await?;
        // A browser sends an empty part when no file was selected.
        upload.file = (!bytes.is_empty()).then_some(bytes);
        Ok(upload)
    }

    /// Reads a form with a file of at most `most` bytes, which is written to disk while it arrives, if one was selected.
    ///
    /// # Errors
    ///
    /// Refuses what [`Upload::read`] refuses, and fails if the disk does.
    pub async fn spooled<S: Send + Sync>(
        request: Request,
        state: &S,
        most: usize,
    ) -> Result<(Self, Option<SpooledTempFile>), Problem> {
        let mut spool = Spool::new(most);
        let upload = Self::read_into(request, state, most, &mut |chunk| spool.write(chunk)).await?;
        let file = if spool.is_empty() { None } else { Some(spool.into_file()) };
        Ok((upload, file))
    }

    /// Reads a form, and gives the bytes of its file to `receive` as they arrive.
    async fn read_into<S: Send + Sync>(
        request: Request,
        state: &S,
        most: usize,
        receive: &mut (dyn FnMut(&[u8]) -> Result<(), Problem> + Send),
    ) -> Result<Self, Problem> {
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
            Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be multipart/form-data with a part \"file\".",
            )
        })?;
        let mut upload = Self::default();
        let mut count = 0;
        let mut has_file = false;
        while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(&error, most))? {
            count += 1;
            if count > UPLOAD_PARTS {
                let detail = message!(
                    "The upload has too many parts. At most {UPLOAD_PARTS} are allowed.",
                    UPLOAD_PARTS
                );
                return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
            }
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" && std::mem::replace(&mut has_file, true) {
                return Err(Problem::new(
                    StatusCode::BAD_REQUEST,
                    "Send one file: the part \"file\" is repeated.",
                ));
            }
            if name == "file" {
                while let Some(chunk) = part.chunk().await.map_err(|error| unreadable(&error, most))? {
                    receive(&chunk)?;
                }
            } else {
                let bytes = part.bytes().await.map_err(|error| unreadable(&error, most))?;
                let text = String::from_utf8(bytes.to_vec())
                    .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "Must be UTF-8."))?;
                upload.texts.push((name, text));
            }
        }
        Ok(upload)
    }
}

fn unreadable(error: &MultipartError, most: usize) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        file_too_large(most)
    } else {
        Problem::new(StatusCode::BAD_REQUEST, "The upload could not be read.")
    }
}

/// Answers with the file of a report, named with the day of the office.
pub(crate) fn report_response(state: &State, bytes: Vec<u8>, name: &str, format: Format) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let name = format!("attachment; filename=\"{name}-{}.{}\"", state.app.today(), format.ending());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
