//! Forms of pages: anti-forgery token, and redirect after a success.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use obcms_app::AppError;

use super::errors::PageError;
use super::frame::Page;
use crate::components::feedback::flash_cookie;
use crate::components::words;
use crate::core::caller::same;
use crate::core::input::Form;
use crate::core::problem::Problem;
use crate::core::return_path::path_of;
use crate::core::state::State;

/// Form with the token of the session (field `csrf_token`), without that field.
#[derive(Clone, Debug)]
pub struct SafeForm(pub Form);

impl FromRequest<State> for SafeForm {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &State) -> Result<Self, Self::Rejection> {
        let page = Page::of(state, &request);
        page.actor()?;
        let mut form = Form::from_request(request, state).await?;
        if page.csrf().is_empty() || !same(form.get("csrf_token"), page.csrf()) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "You signed in again after this form was opened. Nothing was saved. Open the form again: it still has \
                 your changes.",
            )
            .into());
        }
        form.0.retain(|(name, _)| name != "csrf_token");
        Ok(Self(form))
    }
}

/// Returns the refusal of an upload whose form was opened in another session.
pub(crate) fn session_changed() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "Your session changed after this form was opened. Go back, reload the page and send it again.",
    )
}

/// Redirects after a success, with a message and, where possible, an undo.
#[must_use]
pub fn done(address: &str, message: &str, undo: Option<&str>) -> Response {
    let mut response = Redirect::to(address).into_response();
    if let Ok(value) = HeaderValue::from_str(&flash_cookie(path_of(address), message, undo)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
/// Leads back to a page with the reason of a refusal.
pub fn refused(address: &str, error: AppError) -> Result<Response, PageError> {
    match error {
        AppError::Invalid(errors) => Ok(done(address, &words::messages(&errors), None)),
        AppError::Conflict { detail, .. } => Ok(done(address, &words::message(&detail), None)),
        other => Err(other.into()),
    }
}
