//! Who sends the request: a session cookie or a token.

use axum::extract::{FromRequestParts, Request, State as AxumState};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use obcms_app::core::security::{self, SecurityEvent};
use obcms_app::{Actor, AppError};
use obcms_store::accounts::Session;

use crate::core::address::{base_address, is_secure};
use crate::core::bodies::GuardedBody;
use crate::core::guard::guarded;
use crate::core::problem::Problem;
use crate::core::requests;
use crate::core::state::{State, blocking};

/// Name of the session cookie over plain HTTP.
pub const COOKIE: &str = "obcms_session";
/// Name of the session cookie over HTTPS: with this prefix browsers take it from this very host only, by HTTPS and for
/// all paths, so that no neighbour can plant one.
pub const SECURE_COOKIE: &str = "__Host-obcms_session";

/// Name of the session cookie for a connection.
#[must_use]
pub const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_COOKIE } else { COOKIE }
}

/// Whoever sends the request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person with their rights.
    pub actor: Actor,
    /// The session, when they came with the cookie.
    pub session: Option<Session>,
    /// Where they reach the program, see [`base_address`].
    pub base: String,
}

/// Nonce of the answer's content security policy.
#[derive(Clone, Debug)]
pub struct Nonce(pub String);

/// Finds out who calls and puts it beside the request; a wrong token is refused here.
pub async fn identify(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let client = request.extensions().get::<ClientAddress>().map_or("local", |client| &client.0);
    match blocking(|| find(&state, request.headers(), client)) {
        Ok(Some(caller)) => {
            if needs_csrf(&request, &caller) && !has_csrf(request.headers(), &caller) {
                return Problem::new(
                    StatusCode::FORBIDDEN,
                    "The X-CSRF-Token header of the session is required to write with the session cookie.",
                )
                .into_response();
            }
            if let Some(body) = request.extensions().get::<GuardedBody>() {
                body.allow(caller.actor.id);
            }
            requests::set_user(&caller.actor.username);
            let actor = caller.actor.clone();
            request.extensions_mut().insert(caller);
            // Reading the answer may take long after it was decided that this caller may have it.
            let about = format!("{} {}", request.method(), requests::masked(request.uri().path()));
            let response = next.run(request).await;
            note(&actor, &about, response.status());
            guarded(state, actor, response)
        }
        Ok(None) => next.run(request).await,
        Err(error) => refuse(&state, &request, Problem::from(error)),
    }
}

/// Logs what was refused to somebody who is known, and what they took away with them.
fn note(actor: &Actor, about: &str, status: StatusCode) {
    let (event, outcome) = match status {
        StatusCode::FORBIDDEN => ("access", "forbidden"),
        status if status.is_success() && is_export(about) => ("export", "ok"),
        _ => return,
    };
    SecurityEvent { event, user: &actor.username, address: &actor.address, outcome, about }.log();
}

/// Returns true for addresses at which data leaves as a file.
fn is_export(about: &str) -> bool {
    about.contains("/export.") || about.ends_with("/calendar.json") || about.ends_with("/calendar.ics")
}

/// A lost database is told to people by a page.
fn refuse(state: &State, request: &Request, problem: Problem) -> Response {
    let path = request.uri().path();
    if problem.status == StatusCode::SERVICE_UNAVAILABLE && !path.starts_with("/api/") && path != "/metrics" {
        return crate::core::errors::unavailable(state, request, problem);
    }
    problem.into_response()
}

fn find(state: &State, headers: &HeaderMap, client: &str) -> Result<Option<Caller>, AppError> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let secret =
            text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("bearer ")).unwrap_or_default().trim();
        state.guesses.check(client, secret)?;
        let Some(actor) = state.app.token_actor(secret, client)? else {
            state.guesses.wrong(client);
            security::unauthenticated("token", "wrong", "", client);
            return Err(AppError::Unauthorized);
        };
        state.guesses.right(secret);
        return Ok(Some(Caller { actor, session: None, base: base_address(state, headers) }));
    }
    let Some(secret) = session_cookie(state, headers) else {
        return Ok(None);
    };
    let found = state.app.session_actor(&secret)?;
    let base = || base_address(state, headers);
    Ok(found.map(|(mut actor, session)| {
        client.clone_into(&mut actor.address);
        Caller { actor, session: Some(session), base: base() }
    }))
}

/// The secret in the session cookie.
#[must_use]
pub fn session_cookie(state: &State, headers: &HeaderMap) -> Option<String> {
    let expected = cookie_name(is_secure(state, headers));
    cookies(headers).find(|(name, _)| *name == expected).map(|(_, value)| value.to_owned())
}

/// The cookies of a request, by name and value.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Writes of the API with a cookie need the token in a header; forms of pages carry it as a field.
fn needs_csrf(request: &Request, caller: &Caller) -> bool {
    caller.session.is_some()
        && request.uri().path().starts_with("/api/")
        && !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

fn has_csrf(headers: &HeaderMap, caller: &Caller) -> bool {
    let given = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    caller.session.as_ref().is_some_and(|session| same(given, &session.csrf_token))
}

/// Compares secrets in a time that does not tell where they differ.
#[must_use]
pub fn same(given: &str, expected: &str) -> bool {
    given.len() == expected.len()
        && given
            .bytes()
            .zip(expected.bytes())
            .fold(0_u8, |difference, (one, other)| difference | (one ^ other))
            == 0
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| AppError::Unauthorized.into())
    }
}

/// Address from which the request comes, as [`crate::core::address::resolve`] found it.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self("local".to_owned())))
    }
}
