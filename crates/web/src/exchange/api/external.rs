//! External calendars: sync now, and import of .ics files.

use axum::extract::{FromRequest, Request, State as AxumState};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::StreamExt;
use obcms_app::AppError;
use obcms_app::exchange::subscriptions::MAXIMUM_BYTES;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::kinds::EXTERNAL_CALENDAR;
use obcms_domain::registry::FieldError;
use serde_json::{Value as Json, json};
use tempfile::SpooledTempFile;

use crate::core::caller::Caller;
use crate::core::input::{Parameters, PathId};
use crate::core::limits::MAXIMUM_CALENDAR;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::spool::Spool;
use crate::core::state::{State, blocking};
use crate::records::api::files::Upload;
use crate::records::api::records::record_response_with;

/// The operations beside those of the collection.
#[must_use]
pub fn routes() -> Vec<Route> {
    let import = Access::Policy(Action::Import, Area::Reference);
    let report = || {
        let number = || json!({ "type": "integer" });
        json!({
            "type": "object",
            "properties": {
                "created": number(), "updated": number(), "unchanged": number(), "removed": number(),
                "skipped_count": number(),
                "skipped": { "type": "array", "items": { "type": "object", "properties": {
                    "title": { "type": "string" }, "uid": { "type": "string" }, "reason": { "type": "string" },
                    "line": { "type": "integer" },
                } } },
            },
        })
    };
    let routes = vec![
        Route::new(
            "post",
            "/api/v1/external-calendars/{id}/fetch",
            "Fetch an external calendar now; runs as a job within seconds",
            Access::Policy(Action::Edit, Area::Reference),
            post(fetch),
        )
        .answers(202, json!({ "type": "object" })),
        Route::new(
            "post",
            "/api/v1/external-calendars/{id}/import",
            "Import an .ics file (text/calendar, or the part \"file\") into a calendar without an address",
            import,
            post(import_into),
        )
        .takes_file(MAXIMUM_CALENDAR)
        .query(&[("keep", "true: keep events that are not in the file; otherwise archive them. Also as a part")])
        .answers(200, report()),
        Route::new(
            "post",
            "/api/v1/external-calendars/from-file",
            "Create an external calendar from an .ics file (text/calendar, or the part \"file\")",
            import,
            post(make),
        )
        .takes_file(MAXIMUM_CALENDAR)
        .query(&[("name", "Name; the name in the file by default. Also as a part")])
        .answers(
            201,
            json!({ "type": "object", "properties": { "calendar": { "type": "object" }, "report": report() } }),
        ),
    ];
    routes.into_iter().map(|route| route.tag(EXTERNAL_CALENDAR.collection)).collect()
}

/// Uploaded .ics file: the body itself, or the part of a form with small texts beside it.
pub struct CalendarFile {
    file: SpooledTempFile,
    /// Form; empty when the body is the file.
    form: Upload,
}

impl CalendarFile {
    /// Returns a value beside the file: a parameter of the address or a part of the form, but not both.
    fn said<'a>(
        &'a self,
        parameters: &'a Parameters,
        name: &'static str,
    ) -> Result<Option<&'a str>, Problem> {
        parameters.only(&[name])?;
        self.form.only(&[name])?;
        match (parameters.get(name), self.form.text(name)) {
            (Some(_), Some(_)) => Err(AppError::BadParameter(vec![FieldError::new(
                name,
                "repeated",
                "Send this as a parameter or as a part of the form, not both.",
            )])
            .into()),
            (parameter, part) => Ok(parameter.or(part)),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for CalendarFile {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.split(';').next())
            .map(|text| text.trim().to_ascii_lowercase());
        match kind.as_deref() {
            Some("text/calendar") => {
                let mut spool = Spool::new(MAXIMUM_BYTES);
                let mut body = request.into_body().into_data_stream();
                while let Some(chunk) = body.next().await {
                    let unread = |_| Problem::new(StatusCode::BAD_REQUEST, "The file could not be read.");
                    spool.write(&chunk.map_err(unread)?)?;
                }
                Ok(Self { file: spool.into_file(), form: Upload::default() })
            }
            Some("multipart/form-data") => {
                let (form, file) = Upload::spooled(request, state, MAXIMUM_BYTES).await?;
                let file = file.ok_or_else(|| {
                    AppError::field("file", "required", "Send the file as the part \"file\".")
                })?;
                Ok(Self { file, form })
            }
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The content type must be  text/calendar, or multipart/form-data with a part \"file\".",
            )),
        }
    }
}

async fn fetch(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> Result<Response, Problem> {
    let (calendar, next) = blocking(|| {
        let calendar = state.app.fetch_calendar(&caller.actor, id.0)?;
        Ok::<_, AppError>((calendar, state.app.next_fetch(id.0)?))
    })?;
    record_response_with(&state, StatusCode::ACCEPTED, &calendar, [("next_fetch_at", json!(next))])
}

async fn import_into(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    parameters: Parameters,
    file: CalendarFile,
) -> Result<Response, Problem> {
    let keep = match file.said(&parameters, "keep")? {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(Parameters::wrong("keep", "Must be true or false.")),
    };
    let report = blocking(|| state.app.import_calendar(&caller.actor, id.0, file.file, keep))?;
    Ok(axum::Json(report).into_response())
}

async fn make(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
    file: CalendarFile,
) -> Result<Response, Problem> {
    let name = file.said(&parameters, "name")?.map(str::to_owned);
    let made = blocking(|| state.app.calendar_from_file(&caller.actor, name.as_deref(), file.file));
    let (calendar, report) = made?;
    let shown = blocking(|| state.app.represent(std::slice::from_ref(&calendar)))?;
    let body: Json = json!({ "calendar": shown.into_iter().next(), "report": report });
    let mut response = (StatusCode::CREATED, axum::Json(body)).into_response();
    let location = format!("/api/v1/{}/{}", EXTERNAL_CALENDAR.collection, calendar.id);
    if let Ok(value) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}
