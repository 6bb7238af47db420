//! Request bodies: read as late as possible, within limits of bytes, time and memory.
//!
//! Nothing of a body is read until it is needed, and anonymous requests are refused before that. For signed-in senders
//! the body is read to its end after a refusal: a response over an unread body closes the connection, which a client
//! with keep-alive would see as a broken request.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State as AxumState};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use obcms_domain::core::id::Id;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::core::limits::{
    ALL_BODIES, ANONYMOUS_BODY, BODIES_OF_ONE, BODY_GRACE, BODY_PAUSE, BODY_RATE, HEARD_OUT, SMALL_BODY,
};
use crate::core::problem::Problem;
use crate::core::route::{BodyLimit, BodyLimits, file_too_large, too_large};
use crate::core::server::Connection;
use crate::core::state::State;

/// Room that large bodies take at the moment, in all and by person.
#[derive(Debug)]
pub struct HeldBodies {
    held: Mutex<(usize, HashMap<Id, usize>)>,
    /// Bytes of all of them.
    all: usize,
    /// Bytes of those of one person.
    of_one: usize,
}

impl Default for HeldBodies {
    fn default() -> Self {
        Self::new(ALL_BODIES, BODIES_OF_ONE)
    }
}

impl HeldBodies {
    /// Creates room for so many bytes.
    #[must_use]
    pub fn new(all: usize, of_one: usize) -> Self {
        Self { held: Mutex::default(), all, of_one }
    }

    fn held(&self) -> MutexGuard<'_, (usize, HashMap<Id, usize>)> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves bytes; false when there is no room.
    fn take(&self, person: Option<Id>, bytes: usize) -> bool {
        let mut held = self.held();
        let own = person.map_or(0, |person| held.1.get(&person).copied().unwrap_or_default());
        if held.0 + bytes > self.all || own + bytes > self.of_one {
            return false;
        }
        held.0 += bytes;
        if let Some(person) = person {
            held.1.insert(person, own + bytes);
        }
        true
    }

    fn give_back(&self, person: Option<Id>, bytes: usize) {
        let mut held = self.held();
        held.0 = held.0.saturating_sub(bytes);
        let Some(person) = person else { return };
        let left = held.1.get(&person).copied().unwrap_or_default().saturating_sub(bytes);
        if left == 0 {
            held.1.remove(&person);
        } else {
            held.1.insert(person, left);
        }
    }
}

/// Reason why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    TooSlow,
    TooLarge(usize),
    FileTooLarge(usize),
    NoRoom,
    Unreadable,
}

impl Broken {
    fn problem(self) -> Option<Problem> {
        let mut problem = match self {
            Self::TooSlow => {
                Problem::new(StatusCode::REQUEST_TIMEOUT, "The request body was sent too slowly.")
            }
            Self::NoRoom => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many large uploads at the same time. Try again in a moment.",
            ),
            Self::TooLarge(most) => too_large(most),
            Self::FileTooLarge(most) => file_too_large(most),
            // The client is gone, or the handler reports the error itself.
            Self::Unreadable => return None,
        };
        if self == Self::NoRoom {
            problem.retry_after = Some(5);
        }
        Some(problem)
    }
}

/// State of a request that guard, body and caller identification share.
struct Reading {
    body: Body,
    timer: Pin<Box<Sleep>>,
    begun: Option<Instant>,
    last: Instant,
    received: usize,
    /// Bytes counted in [`HeldBodies`].
    held: usize,
    memory: Arc<HeldBodies>,
    /// Body limit of the route.
    limit: BodyLimit,
    is_known: bool,
    person: Option<Id>,
    /// True if the bytes are read and discarded.
    is_discarded: bool,
    is_finished: bool,
    broken: Option<Broken>,
    /// True if a response says why the body was not read.
    is_answered: bool,
}

impl Reading {
    fn deadline(&self, begun: Instant) -> Instant {
        let rate = Duration::from_millis(self.received as u64 * 1000 / BODY_RATE);
        (self.last + BODY_PAUSE).min(begun + BODY_GRACE + rate)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(broken) = self.broken {
            return Poll::Ready(Some(Err(broken)));
        }
        let begun = *self.begun.get_or_insert_with(|| {
            self.last = Instant::now();
            self.last
        });
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let Poll::Ready(frame) = polled else {
            let deadline = self.deadline(begun);
            self.timer.as_mut().reset(deadline);
            ready!(self.timer.as_mut().poll(cx));
            return Poll::Ready(Some(Err(self.fail(Broken::TooSlow))));
        };
        Poll::Ready(match frame {
            None => {
                self.is_finished = true;
                None
            }
            Some(Err(_)) => Some(Err(self.fail(Broken::Unreadable))),
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.last = Instant::now();
                self.received += bytes;
                match self.admit(begun) {
                    Ok(()) => Some(Ok(frame)),
                    Err(broken) => Some(Err(self.fail(broken))),
                }
            }
        })
    }

    fn admit(&mut self, begun: Instant) -> Result<(), Broken> {
        if self.deadline(begun) < self.last {
            return Err(Broken::TooSlow);
        }
        if self.is_discarded {
            return if self.received > HEARD_OUT { Err(Broken::TooLarge(HEARD_OUT)) } else { Ok(()) };
        }
        let most = if self.is_known { self.limit.bytes } else { self.limit.bytes.min(ANONYMOUS_BODY) };
        if self.received > most {
            let is_file = self.is_known && self.limit.is_file;
            return Err(if is_file { Broken::FileTooLarge(most) } else { Broken::TooLarge(most) });
        }
        let wanted = if self.received > SMALL_BODY { self.received } else { 0 };
        let more = wanted.saturating_sub(self.held);
        if more > 0 && !self.memory.take(self.person, more) {
            return Err(Broken::NoRoom);
        }
        self.held += more;
        Ok(())
    }

    fn fail(&mut self, broken: Broken) -> Broken {
        self.broken = Some(broken);
        broken
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.memory.give_back(self.person, self.held);
    }
}

/// Handle of a request body: sets its sender and reports its result.
#[derive(Clone)]
pub struct GuardedBody(Arc<Mutex<Reading>>);

impl GuardedBody {
    fn new(body: Body, limit: BodyLimit, memory: Arc<HeldBodies>) -> Self {
        let now = Instant::now();
        Self(Arc::new(Mutex::new(Reading {
            body,
            timer: Box::pin(sleep_until(now)),
            begun: None,
            last: now,
            received: 0,
            held: 0,
            memory,
            limit,
            is_known: false,
            person: None,
            is_discarded: false,
            is_finished: false,
            broken: None,
            is_answered: false,
        })))
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks the sender as known, so that the body may be as large as the route allows.
    pub fn allow(&self, person: Option<Id>) {
        let mut reading = self.reading();
        reading.is_known = true;
        reading.person = person;
    }

    /// Returns why the body was not read to its end, to the first who asks and has to answer it.
    pub fn refusal(&self) -> Option<Problem> {
        let mut reading = self.reading();
        if reading.is_answered {
            return None;
        }
        let problem = reading.broken.and_then(Broken::problem);
        reading.is_answered = problem.is_some();
        problem
    }

    /// Reads and discards the rest of the body of a known sender; returns true if it was complete.
    async fn hear_out(mut self) -> bool {
        {
            let mut reading = self.reading();
            reading.is_discarded = true;
            let is_slow = matches!(reading.broken, Some(Broken::TooSlow | Broken::Unreadable));
            if !reading.is_known || is_slow {
                return reading.is_finished;
            }
            reading.broken = None;
        }
        while let Some(frame) = self.frame().await {
            if frame.is_err() {
                return false;
            }
        }
        true
    }
}

impl HttpBody for GuardedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = ready!(self.reading().poll(cx));
        Poll::Ready(polled.map(|frame| {
            frame.map_err(|broken| axum::Error::new(std::io::Error::other(format!("{broken:?}"))))
        }))
    }

    fn is_end_stream(&self) -> bool {
        let reading = self.reading();
        reading.is_finished || reading.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.reading().body.size_hint()
    }
}

/// Applies the limits to every body, and responds for those that broke them. A request that is refused before its body
/// was read gets its response at once, and the connection closes with it.
pub async fn guard(
    AxumState((state, limits)): AxumState<(State, Arc<BodyLimits>)>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let limit = limits.of(&request);
    let (mut parts, body) = request.into_parts();
    let connection = parts.extensions.get::<Arc<Connection>>().cloned();
    let room = if limit.is_file { &state.uploads } else { &state.bodies };
    let guarded = GuardedBody::new(body, limit, room.clone());
    parts.extensions.insert(guarded.clone());
    if let Some(connection) = &connection {
        connection.reads_body(true);
    }
    let mut response = next.run(Request::from_parts(parts, Body::new(guarded.clone()))).await;
    if let Some(problem) = guarded.refusal() {
        response = problem.into_response();
    }
    let is_read = guarded.reading().is_finished || guarded.hear_out().await;
    if let Some(connection) = &connection {
        connection.reads_body(false);
    }
    if !is_read {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        if let Some(connection) = &connection {
            connection.linger();
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::limits::MAXIMUM_UPLOAD;
    use http_body_util::StreamBody;
    use std::convert::Infallible;

    const LIMIT: BodyLimit = BodyLimit { bytes: MAXIMUM_UPLOAD, is_file: false };

    fn guarded(chunks: Vec<usize>, memory: &Arc<HeldBodies>) -> GuardedBody {
        let frames =
            chunks.into_iter().map(|size| Ok::<_, Infallible>(Frame::data(Bytes::from(vec![0; size]))));
        let body = Body::new(StreamBody::new(futures_util::stream::iter(frames)));
        GuardedBody::new(body, LIMIT, memory.clone())
    }

    async fn read(body: &GuardedBody) -> Option<Broken> {
        let mut reader = body.clone();
        while let Some(frame) = reader.frame().await {
            if frame.is_err() {
                break;
            }
        }
        body.reading().broken
    }

    #[tokio::test]
    async fn anonymous_body_is_limited_to_a_small_form() {
        let memory = Arc::default();
        assert_eq!(read(&guarded(vec![ANONYMOUS_BODY], &memory)).await, None);
        let large = guarded(vec![ANONYMOUS_BODY, 1], &memory);
        assert_eq!(read(&large).await, Some(Broken::TooLarge(ANONYMOUS_BODY)));
        assert!(!large.hear_out().await, "a stranger is not heard out");
    }

    #[tokio::test]
    async fn body_of_a_known_sender_is_read_to_its_end() {
        let body = guarded(vec![SMALL_BODY; 30], &Arc::default());
        body.allow(None);
        assert!(body.hear_out().await);
    }

    #[tokio::test]
    async fn large_bodies_share_bounded_memory() {
        let memory = Arc::new(HeldBodies::new(32 * 1024 * 1024, 12 * 1024 * 1024));
        let people: Vec<Id> = (1..=4).map(|n| Id::from_parts(n, &[0; 10])).collect();
        let send = |person: usize| {
            let body = guarded(vec![1024 * 1024; 5], &memory);
            body.allow(Some(people[person]));
            body
        };
        let mut held = vec![send(0), send(0), send(1), send(1), send(2), send(2)];
        for body in &held {
            assert_eq!(read(body).await, None);
        }
        assert_eq!(read(&send(0)).await, Some(Broken::NoRoom), "one person takes no more than their share");
        assert_eq!(read(&send(3)).await, Some(Broken::NoRoom), "all together have a limit");
        held.pop();
        assert_eq!(read(&send(3)).await, None, "memory is given back");
        held.clear();
        assert_eq!(memory.held().0, 0);
        assert!(memory.held().1.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn paused_or_slow_body_times_out() {
        let never =
            Body::new(StreamBody::new(futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>()));
        assert_eq!(read(&GuardedBody::new(never, LIMIT, Arc::default())).await, Some(Broken::TooSlow));
        let trickle = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(BODY_PAUSE / 2).await;
            Some((Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"x"))), ()))
        });
        let body = GuardedBody::new(Body::new(StreamBody::new(Box::pin(trickle))), LIMIT, Arc::default());
        assert_eq!(read(&body).await, Some(Broken::TooSlow));
    }
}
