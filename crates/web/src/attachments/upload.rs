//! Reader of uploads: each file is written to disk while it arrives.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use obcms_app::AppError;
use obcms_app::attachments::{CheckedFile, too_large};
use obcms_domain::message;

use crate::core::caller::same;
use crate::core::forms::session_changed;
use crate::core::limits::UPLOAD_PARTS;
use crate::core::problem::Problem;
use crate::core::state::{State, blocking};

/// Longest text beside the files, in bytes.
const LONGEST_TEXT: usize = 1024;

/// File of a form: its name as it was sent, and the checked file or why it is refused.
pub(super) type Received = (String, Result<CheckedFile, AppError>);

async fn parts(state: &State, request: Request) -> Result<Multipart, Problem> {
    Multipart::from_request(request, state).await.map_err(|_| {
        let detail = "The body must be multipart/form-data with a part \"file\".";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    })
}

/// Reads the one file of a request of the API.
pub(super) async fn one(state: &State, request: Request) -> Result<CheckedFile, Problem> {
    let refuse = |detail: &'static str| Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    let mut parts = parts(state, request).await?;
    let mut file = None;
    while let Some(part) = parts.next_field().await.map_err(|error| unreadable(&error))? {
        if part.name() != Some("file") {
            return refuse("Send only the part \"file\".");
        }
        if file.is_some() {
            return refuse("Send one file: the part \"file\" is repeated.");
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        file = Some(receive(state, part, &name).await?);
    }
    let missing = || AppError::field("file", "required", "Send the file as the part \"file\".");
    file.ok_or_else(|| Problem::from(missing()))
}

/// Reads the files of a form of a page, after its token. A refused file does not refuse the others.
pub(super) async fn several(state: &State, csrf: &str, request: Request) -> Result<Vec<Received>, Problem> {
    let mut parts = parts(state, request).await?;
    let mut has_token = false;
    let mut files = Vec::new();
    let mut count = 0;
    while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(&error))? {
        count += 1;
        if count > UPLOAD_PARTS {
            let detail =
                message!("The upload has too many parts. At most {UPLOAD_PARTS} are allowed.", UPLOAD_PARTS);
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        }
        match part.name().unwrap_or_default() {
            "csrf_token" => has_token = !csrf.is_empty() && same(&text(&mut part).await?, csrf),
            // The token comes first, so that nothing is stored for another site.
            "file" if has_token => {
                let name = part.file_name().unwrap_or_default().to_owned();
                match receive(state, part, &name).await {
                    Err(AppError::BadRequest(detail)) => {
                        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
                    }
                    // A browser sends an empty part when no file was selected.
                    Err(AppError::Invalid(_)) if name.is_empty() => {}
                    received => files.push((name, received)),
                }
            }
            "file" => break,
            _ => {
                text(&mut part).await?;
            }
        }
    }
    if has_token {
        return Ok(files);
    }
    Err(session_changed())
}

/// Writes a file to disk and checks it.
async fn receive(state: &State, mut part: Field<'_>, name: &str) -> Result<CheckedFile, AppError> {
    let mut staged = blocking(|| state.app.stage_file())?;
    loop {
        match part.chunk().await {
            Ok(Some(bytes)) => blocking(|| state.app.write_file(&mut staged, &bytes))?,
            Ok(None) => break,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(AppError::TooLarge(too_large()));
            }
            Err(_) => return Err(AppError::BadRequest("The upload could not be read.".into())),
        }
    }
    blocking(|| state.app.check_file(staged, name))
}

async fn text(part: &mut Field<'_>) -> Result<String, Problem> {
    let mut text = Vec::new();
    while let Some(bytes) = part.chunk().await.map_err(|error| unreadable(&error))? {
        text.extend_from_slice(&bytes);
        if text.len() > LONGEST_TEXT {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "A part of the form is too long."));
        }
    }
    String::from_utf8(text).map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "Must be UTF-8."))
}

fn unreadable(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::TooLarge(too_large()).into();
    }
    Problem::new(StatusCode::BAD_REQUEST, "The upload could not be read.")
}
