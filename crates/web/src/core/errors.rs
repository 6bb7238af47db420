//! Error pages: what happened, that nothing was lost, what to do.

use axum::extract::{Request, State as AxumState};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::html;
use obcms_app::AppError;

use super::frame::Page;
use crate::components::feedback;
use crate::components::words::{self, t};
use crate::core::bodies::GuardedBody;
use crate::core::problem::{Further, Problem};
use crate::core::return_path::local_path;
use crate::core::state::State;

/// Error of a page; [`draw`] renders it as HTML when it leaves.
#[derive(Clone, Debug)]
pub struct PageError(pub Problem);

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self(error.into())
    }
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// Content of an error page.
#[derive(Debug)]
struct Failure {
    status: StatusCode,
    detail: String,
    /// Refused action, in words.
    what: Option<String>,
    who: Vec<String>,
    retry_after: Option<i64>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let Problem { status, detail, further, retry_after } = problem;
        let Further { what, allowed_roles, errors, .. } = *further;
        let who = allowed_roles.unwrap_or_default();
        let mut detail = words::message(&detail);
        for error in &errors {
            detail.push(' ');
            detail.push_str(&t!(
                "{field}: {message}",
                field = &error.field,
                message = words::message(&error.message)
            ));
        }
        Self {
            status,
            detail,
            what: what.map(|what| words::message(&what)),
            who: who.iter().map(|role| words::label(role.label()).to_owned()).collect(),
            retry_after,
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Returns true if the sender shows the response to a person, as browsers do. Their scripts ask for JSON, and the API
/// always answers with it.
pub fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html")) && !uri.path().starts_with("/api/")
}

/// Renders error pages, also of what was refused before the handler of the page, such as an address that names no record, or
/// while its form was read; redirects anonymous requests to the sign-in page and back.
pub async fn draw(AxumState(state): AxumState<State>, request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let form = (request.method() == Method::POST).then(|| form_page(&request));
    let page = Page::of(&state, &request);
    let wants_page = wants_page(request.uri(), request.headers());
    let body = request.extensions().get::<GuardedBody>().filter(|_| wants_page).cloned();
    let response = next.run(request).await;
    let of_body = body.and_then(|body| body.refusal());
    let of_page = || response.extensions().get::<PageError>().map(|error| &error.0);
    let refused = || response.extensions().get::<Problem>().filter(|_| wants_page);
    let Some(problem) = of_body.as_ref().or_else(of_page).or_else(refused) else {
        return response;
    };
    if problem.status == StatusCode::UNAUTHORIZED {
        let ended = if form.is_some() { "&ended=true" } else { "" };
        let next = form.flatten().unwrap_or(path);
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        return Redirect::to(&format!("/login?next={next}{ended}")).into_response();
    }
    render(&page, problem.clone(), &path, form.as_ref())
}

/// Page for an unavailable database, rendered without it.
pub fn unavailable(state: &State, request: &Request, problem: Problem) -> Response {
    let form = (request.method() == Method::POST).then(|| form_page(request));
    render(&Page::of(state, request), problem, request.uri().path(), form.as_ref())
}

/// Renders a page; `form` is set when a form was sent, with the address of its page if known.
fn render(page: &Page, problem: Problem, path: &str, form: Option<&Option<String>>) -> Response {
    let failure = Failure::from(problem);
    let mut title = t!("Not possible");
    let content = match (failure.status, &failure.what) {
        (StatusCode::FORBIDDEN, Some(what)) => feedback::not_allowed(what, &failure.who),
        (StatusCode::SERVICE_UNAVAILABLE, _) if form.is_none() => {
            title = t!("Not available");
            feedback::error_page(title, &failure.detail, Some((t!("Try again"), path)))
        }
        (status, _) => {
            if status == StatusCode::NOT_FOUND {
                title = t!("Not found");
            }
            let heading = match (status, form) {
                (StatusCode::NOT_FOUND, _) => t!("Not found"),
                (_, Some(_)) => t!("Not saved"),
                (status, None) if status.is_server_error() => t!("Error"),
                (_, None) => title,
            };
            // The browser stores the typed values and fills the form in again.
            let back = form.and_then(Option::as_deref).map(|address| (t!("Open the form again"), address));
            feedback::error_page(heading, &failure.detail, Some(back.unwrap_or((t!("Go to Today"), "/"))))
        }
    };
    let mut response =
        (failure.status, Html(page.render(title, &html! { (content) }).into_string())).into_response();
    if let Some(seconds) = failure.retry_after
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// Returns the page of the sent form, as the browser names it; only a page of this site that can be opened again.
fn form_page(request: &Request) -> Option<String> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = header(header::HOST)?;
    let (_, rest) = header(header::REFERER)?.split_once("://")?;
    let address = local_path(rest.strip_prefix(host)?, "");
    (!address.is_empty() && !address.starts_with("/login")).then(|| address.to_owned())
}

/// Response to an unknown address.
pub async fn missing(request: Request) -> Response {
    let problem = Problem::no_such_address();
    if wants_page(request.uri(), request.headers()) {
        PageError(problem).into_response()
    } else {
        problem.into_response()
    }
}

#[cfg(test)]
mod tests {
    use obcms_domain::accounts::Role;

    use super::*;

    #[test]
    fn refused_fields_name_the_action_and_the_roles() {
        let error = AppError::ForbiddenFields {
            what: "override other bookings".into(),
            who: vec![Role::Coordinator],
            errors: Vec::new(),
        };
        let response = PageError::from(error).into_response();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let error = response.extensions().get::<PageError>().expect("an error to render");
        let failure = Failure::from(error.0.clone());
        assert_eq!(failure.what.as_deref(), Some("override other bookings"));
        assert_eq!(failure.who, ["Coordinator"]);
    }
}
