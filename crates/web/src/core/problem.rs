//! Errors as `application/problem+json` (RFC 9457).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use obcms_app::AppError;
use obcms_store::StoreError;
use serde_json::{Map, Value as Json, json};

use crate::core::requests;

/// `Retry-After` of a lost database, in seconds.
pub const RETRY_SECONDS: i64 = 5;

/// Error response of the API; pages render their own from it.
#[derive(Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Members.
    pub body: Map<String, Json>,
    /// Seconds to wait, for 429 and 503.
    pub retry_after: Option<i64>,
}

impl Problem {
    /// Creates a problem of that status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("type".into(), json!("about:blank"));
        body.insert("title".into(), json!(status.canonical_reason().unwrap_or("Error")));
        body.insert("status".into(), json!(status.as_u16()));
        body.insert("detail".into(), json!(detail.into()));
        Self { status, body, retry_after: None }
    }

    /// Creates the problem of an internal error, with the id of its log line.
    pub fn internal() -> Self {
        let told = "Something went wrong here; nothing was changed.";
        let Some(id) = requests::current_id() else {
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, told);
        };
        let detail = format!("{told} The log of the server has it under request {id}.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail).with("request_id", json!(id))
    }

    /// Returns the detail, for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        self.body.get("detail").and_then(Json::as_str).unwrap_or_default()
    }

    fn with(mut self, name: &str, value: Json) -> Self {
        self.body.insert(name.to_owned(), value);
        self
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let detail = error.to_string();
        match error {
            AppError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, detail),
            AppError::Unauthorized => Self::new(StatusCode::UNAUTHORIZED, detail),
            AppError::Forbidden { who, .. } => {
                let who: Vec<&str> = who.iter().map(|role| role.as_str()).collect();
                Self::new(StatusCode::FORBIDDEN, detail).with("allowed_roles", json!(who))
            }
            AppError::ForbiddenFields { who, errors, .. } => {
                let who: Vec<&str> = who.iter().map(|role| role.as_str()).collect();
                Self::new(StatusCode::FORBIDDEN, detail)
                    .with("allowed_roles", json!(who))
                    .with("errors", json!(errors))
            }
            AppError::Invalid(errors) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with("errors", json!(errors))
            }
            AppError::BadParameter(errors) => {
                Self::new(StatusCode::BAD_REQUEST, detail).with("errors", json!(errors))
            }
            AppError::BadRequest(_) => Self::new(StatusCode::BAD_REQUEST, detail),
            AppError::Conflict { more, .. } => {
                more.into_iter().fold(Self::new(StatusCode::CONFLICT, detail), |problem, (name, value)| {
                    problem.with(name, value)
                })
            }
            AppError::Stale { current } => {
                Self::new(StatusCode::PRECONDITION_FAILED, detail).with("version", json!(current))
            }
            AppError::TooLarge(_) => Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail),
            AppError::UnsupportedType(_) => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail),
            AppError::TooMany { seconds } => {
                let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
                problem.retry_after = Some(seconds);
                problem
            }
            AppError::Store(ref inner) if inner.is_unique_violation() => {
                // Serialization conflicts were retried; what remains is a constraint that no command checks.
                let rule = inner.unique_rule().unwrap_or_default();
                tracing::warn!(rule, "a write was refused by a unique key that no check knows");
                Self::new(StatusCode::CONFLICT, format!("Another record already has this value in {rule}."))
            }
            AppError::Store(ref inner) if inner.is_overlap() => Self::new(
                StatusCode::CONFLICT,
                "Someone else booked this at the same time. Check the times and try again.",
            ),
            AppError::Store(ref inner) if inner.is_unavailable() => {
                tracing::error!(error = %detail, "the database failed a request");
                let detail = match inner {
                    StoreError::File(_) => {
                        "The server cannot read or write its files. Try again in a few seconds."
                    }
                    _ => "The database is not available. Try again in a few seconds.",
                };
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
                problem.retry_after = Some(RETRY_SECONDS);
                problem
            }
            AppError::Store(_) | AppError::Setting(_) | AppError::Internal(_) | AppError::Unhashed(_) => {
                tracing::error!(error = %detail, "a request failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json::Object(self.body).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            headers.insert(header::RETRY_AFTER, value);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(HeaderName::from_static("www-authenticate"), HeaderValue::from_static("Bearer"));
        }
        response
    }
}
