//! Caller of a request: session cookie or token.

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
/// Name of the session cookie over HTTPS: with this prefix browsers accept it only from this host, by HTTPS and for
/// all paths, so that no other site of the domain can set one.
pub const SECURE_COOKIE: &str = "__Host-obcms_session";

/// Name of the session cookie for a connection.
#[must_use]
pub const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_COOKIE } else { COOKIE }
}

/// Caller of a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Actor.
    pub actor: Actor,
    /// Session, for a cookie.
    pub session: Option<Session>,
    /// Base address of the request, see [`base_address`].
    pub base: String,
}

/// Nonce of the content security policy of the response.
#[derive(Clone, Debug)]
pub struct Nonce(pub String);

/// Identifies the caller and adds it to the request; refuses a wrong token.
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
            // Reading the response may take longer than the access of this caller lasts.
            let about = format!("{} {}", request.method(), requests::masked(request.uri().path()));
            let response = next.run(request).await;
            note(&actor, &about, response.status());
            guarded(state, actor, response)
        }
        Ok(None) => next.run(request).await,
        Err(error) => refuse(&state, &request, Problem::from(error)),
    }
}

/// Logs refusals to known callers, and exports.
fn note(actor: &Actor, about: &str, status: StatusCode) {
    let (event, outcome) = match status {
        StatusCode::FORBIDDEN => ("access", "forbidden"),
        status if status.is_success() && is_export(about) => ("export", "ok"),
        _ => return,
    };
    SecurityEvent { event, user: &actor.username, address: &actor.address, outcome, about }.log();
}

/// Returns true for addresses that export a file.
fn is_export(about: &str) -> bool {
    about.contains("/export.") || about.ends_with("/calendar.json") || about.ends_with("/calendar.ics")
}

/// Reports a lost database to people as a page.
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
            security::stranger("token", "wrong", "", client);
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

/// Returns the secret of the session cookie.
#[must_use]
pub fn session_cookie(state: &State, headers: &HeaderMap) -> Option<String> {
    let expected = cookie_name(is_secure(state, headers));
    cookies(headers).find(|(name, _)| *name == expected).map(|(_, value)| value.to_owned())
}

/// Returns the cookies of a request, by name and value.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Returns true if the request needs the token in a header: API writes with a cookie. Forms of pages send it as a
/// field.
fn needs_csrf(request: &Request, caller: &Caller) -> bool {
    caller.session.is_some()
        && request.uri().path().starts_with("/api/")
        && !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

fn has_csrf(headers: &HeaderMap, caller: &Caller) -> bool {
    let given = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    caller.session.as_ref().is_some_and(|session| same(given, &session.csrf_token))
}

/// Compares secrets in constant time.
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

/// Address of the client, set by [`crate::core::address::resolve`].
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self("local".to_owned())))
    }
}
