//! Guard of long responses: they end when the access of their reader ends.

use std::io::{Error, ErrorKind};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use obcms_app::accounts::AccessEnd;
use obcms_app::{Actor, AppError};

use crate::core::state::{State, blocking};

/// Longest time between two checks when no event triggers one.
pub const RECHECK: Duration = Duration::from_secs(3);
/// Bytes of a response that are handed to the connection at once. Smaller responses are sent before anybody could end
/// them.
const PIECE: usize = 64 * 1024;

/// Reader of a long response, checked repeatedly while it is sent.
pub struct Watch {
    state: State,
    actor: Actor,
    access: u64,
    checked: Instant,
}

impl Watch {
    /// Starts the watch of an actor that was just authorized.
    #[must_use]
    pub fn new(state: State, actor: Actor) -> Self {
        let access = state.app.database().live().access();
        Self { state, actor, access, checked: Instant::now() }
    }

    /// Returns the actor as of the last check.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Returns the time until the next check.
    #[must_use]
    pub fn due(&self) -> Duration {
        RECHECK.saturating_sub(self.checked.elapsed())
    }

    /// Checks again when that is due or accounts changed. Returns true if the rights changed.
    pub fn check(&mut self) -> Result<Result<bool, AccessEnd>, AppError> {
        let access = self.state.app.database().live().access();
        if access == self.access && self.checked.elapsed() < RECHECK {
            return Ok(Ok(false));
        }
        let current = blocking(|| self.state.app.current_actor(&self.actor))?;
        (self.access, self.checked) = (access, Instant::now());
        Ok(current.map(|current| {
            let differs = rights(&current) != rights(&self.actor);
            self.actor = current;
            differs
        }))
    }
}

/// Returns the parts of an actor that decide its visibility.
fn rights(actor: &Actor) -> impl PartialEq {
    (actor.roles.clone(), actor.teams.clone(), actor.concerns.clone())
}

/// Breaks off a long response as soon as the access of its reader ends or their rights change.
#[must_use]
pub fn guarded(state: State, actor: Actor, response: Response) -> Response {
    let mut watch = Watch::new(state, actor);
    broken_off(response, move || match watch.check() {
        Ok(Ok(false)) => Ok(()),
        Ok(Ok(true)) => Err(AccessEnd::RolesChanged.as_str().to_owned()),
        Ok(Err(end)) => Err(end.as_str().to_owned()),
        Err(error) => Err(error.to_string()),
    })
}

/// Breaks off a long response as soon as the check fails, which runs before each piece.
#[must_use]
pub fn broken_off(
    response: Response,
    check: impl FnMut() -> Result<(), String> + Send + 'static,
) -> Response {
    let exact = response.body().size_hint().exact();
    if exact.is_some_and(|length| length <= PIECE as u64) || is_stream(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if let Some(length) = exact {
        parts.headers.entry(header::CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
    let start = (body.into_data_stream(), Bytes::new(), Some(check));
    let pieces = stream::unfold(start, |(mut body, mut rest, check)| async move {
        let mut check = check?;
        if rest.is_empty() {
            match body.next().await? {
                Ok(bytes) => rest = bytes,
                Err(error) => return Some((Err(Error::other(error)), (body, rest, None))),
            }
        }
        if let Err(reason) = check() {
            let error = Error::new(ErrorKind::PermissionDenied, format!("access ended: {reason}"));
            return Some((Err(error), (body, rest, None)));
        }
        let piece = rest.split_to(rest.len().min(PIECE));
        Some((Ok(piece), (body, rest, Some(check))))
    });
    // Compression polls again after the end.
    Response::from_parts(parts, Body::from_stream(pieces.fuse()))
}

/// Returns true for event streams, which report their end themselves.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}
