//! Request ids and the request log: one line for each request, without secrets.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Span};

/// Header with the id, in requests and responses.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Log target of the lines, to switch them off.
const TARGET: &str = "obcms::requests";
/// Maximum length of an id.
const LONGEST_ID: usize = 64;
/// Paths that are followed by a secret.
const SECRET_FOLDERS: [&str; 3] = ["feeds", "shared", "setup"];
/// Length of the shortest secret. Ids of records have 36 characters.
const SHORTEST_SECRET: usize = 40;
/// Replacement of a secret.
const MASK: &str = "***";

tokio::task_local! {
    static CURRENT: Current;
}

/// Request of the current task.
struct Current {
    id: HeaderValue,
    user: OnceCell<String>,
}

/// Returns the id of the request of the current task.
#[must_use]
pub fn current_id() -> Option<String> {
    CURRENT.try_with(|current| text(&current.id).to_owned()).ok()
}

/// Sets the user in the line of the current request.
pub fn set_user(name: &str) {
    // Without a request there is no line.
    let _ = CURRENT.try_with(|current| current.user.set(name.to_owned()));
}

/// Assigns an id to a request, and writes its line after the response. A span with the id covers the whole request.
pub async fn log(request: Request, next: Next) -> Response {
    let id = id_of(request.headers());
    let span = span(&id);
    let mut line = Line::new(request.method(), request.uri());
    let current = Current { id: id.clone(), user: OnceCell::new() };
    let answered = async move {
        let mut response = next.run(request).await;
        line.end(&response);
        response.headers_mut().insert(HEADER, id);
        response
    };
    CURRENT.scope(current, answered).instrument(span).await
}

/// Assigns an id and a line to a request that is answered before it reaches [`log`].
pub fn log_refusal(request: &Request, response: &mut Response) {
    let id = id_of(request.headers());
    let _span = span(&id).entered();
    let mut line = Line::new(request.method(), request.uri());
    line.end(response);
    response.headers_mut().insert(HEADER, id);
}

/// Returns the span of a request, also where only errors are logged.
fn span(id: &HeaderValue) -> Span {
    tracing::error_span!("request", id = text(id))
}

/// Line of a request, written when it is dropped: also when its client goes away before the response.
struct Line {
    begun: Instant,
    method: Method,
    uri: Uri,
    status: Option<StatusCode>,
}

impl Line {
    fn new(method: &Method, uri: &Uri) -> Self {
        Self { begun: Instant::now(), method: method.clone(), uri: uri.clone(), status: None }
    }

    fn end(&mut self, response: &Response) {
        self.status = Some(response.status());
    }

    fn write(&self, user: Option<&str>) {
        let duration = self.begun.elapsed();
        tracing::info!(
            target: TARGET,
            method = self.method.as_str(),
            path = masked(self.uri.path()).as_ref(),
            status = self.status.map(|status| status.as_u16()),
            duration_ms = (duration.as_secs_f64() * 10_000.0).round() / 10.0,
            user,
            "{}",
            if self.status.is_some() { "request" } else { "request broken off by its client" },
        );
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if CURRENT.try_with(|current| self.write(current.user.get().map(String::as_str))).is_err() {
            self.write(None);
        }
    }
}

/// Returns the id of a request if it is valid, else a new one.
fn id_of(headers: &HeaderMap) -> HeaderValue {
    match headers.get(HEADER) {
        Some(given) if is_valid(given.as_bytes()) => given.clone(),
        _ => fresh_id(),
    }
}

fn is_valid(id: &[u8]) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.iter().all(|letter| letter.is_ascii_alphanumeric() || b"._-".contains(letter))
}

/// Returns a unique number over all processes, as 16 hexadecimal digits.
fn fresh_id() -> HeaderValue {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = KEY.get_or_init(RandomState::new).hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::try_from(format!("{number:016x}")).unwrap_or(HeaderValue::from_static("unknown"))
}

fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or_default()
}

/// Returns the path with every secret masked: the part after a secret path, and any part that is as long as a secret.
#[must_use]
pub fn masked(path: &str) -> Cow<'_, str> {
    let folder = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if SECRET_FOLDERS.iter().any(|secret| folder.eq_ignore_ascii_case(secret)) {
        return Cow::Owned(format!("/{folder}/{MASK}"));
    }
    let is_of_secret = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let mut runs = path.split(|letter| !is_of_secret(letter));
    if !runs.any(|run| run.len() >= SHORTEST_SECRET) {
        return Cow::Borrowed(path);
    }
    let mut shown = String::with_capacity(path.len());
    for piece in path.split_inclusive(|letter| !is_of_secret(letter)) {
        let run = piece.trim_end_matches(|letter| !is_of_secret(letter));
        shown.push_str(if run.len() >= SHORTEST_SECRET { MASK } else { run });
        shown.push_str(&piece[run.len()..]);
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_request_ids_are_adopted_and_others_replaced() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_str(value).unwrap());
            id_of(&headers)
        };
        for good in ["a", "7f3c-A.b_9", &"x".repeat(64)] {
            assert_eq!(with(good), good);
        }
        for bad in ["", " ", "a b", "a\"b", "ä", &"x".repeat(65)] {
            let id = with(bad);
            assert!(id != bad && is_valid(id.as_bytes()), "{bad}");
        }
        assert_ne!(fresh_id(), fresh_id());
    }

    #[test]
    fn secrets_in_paths_are_masked() {
        let secret = "Zk3-_".repeat(9);
        for (path, shown) in [
            ("/tasks/01890000-0000-7000-8000-000000000000/edit", None),
            ("/api/v1/feeds/01890000-0000-7000-8000-000000000000", None),
            ("/", None),
            ("", None),
            (&*format!("/feeds/{secret}.ics"), Some("/feeds/***")),
            (&format!("/Shared/{secret}"), Some("/Shared/***")),
            (&format!("//setup//{secret}/x"), Some("/setup/***")),
            ("/setup/short", Some("/setup/***")),
            (&format!("/share/{secret}.ics/more"), Some("/share/***.ics/more")),
            (&format!("/shared%2F{secret}"), Some("/shared%***")),
            (&format!("/{secret}"), Some("/***")),
            (&format!("/ä/{secret}ä"), Some("/ä/***ä")),
        ] {
            assert_eq!(masked(path), shown.unwrap_or(path));
        }
    }
}
