//! Errors as `application/problem+json` (RFC 9457).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use obcms_app::AppError;
use obcms_domain::accounts::Role;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use obcms_domain::registry::FieldError;
use obcms_store::StoreError;
use serde_json::{Map, Value as Json, json};

use crate::core::requests;

/// `Retry-After` of a lost database, in seconds.
pub const RETRY_SECONDS: i64 = 5;

/// Error response of the API. It is also an extension of its response, from which a page is rendered for people.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Explanation for people.
    pub detail: Message,
    /// Members that not every problem has; boxed, because results carry it.
    pub further: Box<Further>,
    /// Seconds to wait, for 429 and 503.
    pub retry_after: Option<i64>,
}

/// Members that not every problem has.
#[derive(Clone, Debug, Default)]
pub struct Further {
    /// Refused action, in words: the heading of the page of a missing right.
    pub what: Option<Message>,
    /// Roles that may do it, for a missing right.
    pub allowed_roles: Option<Vec<Role>>,
    /// Errors of fields.
    pub errors: Vec<FieldError>,
    /// Members for programs.
    pub members: Map<String, Json>,
}

impl Problem {
    /// Creates a problem of that status.
    pub fn new(status: StatusCode, detail: impl Into<Message>) -> Self {
        Self { status, detail: detail.into(), further: Box::default(), retry_after: None }
    }

    /// Creates the problem of an address at which there is nothing.
    pub fn no_such_address() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Nothing found at this address.")
    }

    /// Creates the problem of an internal error, with the id of its log line.
    pub fn internal() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let Some(id) = requests::current_id() else {
            return Self::new(status, "Something went wrong here; nothing was changed.");
        };
        let detail = message!(
            "Something went wrong here; nothing was changed. The log of the server has it under request {id}.",
            id = Word::text(&id)
        );
        Self::new(status, detail).with("request_id", json!(id))
    }

    fn with(mut self, name: &str, value: Json) -> Self {
        self.further.members.insert(name.to_owned(), value);
        self
    }

    fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.further.errors = errors;
        self
    }

    fn allowed_to(mut self, roles: Vec<Role>, what: Option<Message>) -> Self {
        self.further.what = what;
        self.further.allowed_roles = Some(roles);
        self
    }

    /// Returns the members of the response.
    pub fn body(&self) -> Map<String, Json> {
        let mut body = Map::new();
        body.insert("type".into(), json!("about:blank"));
        body.insert("title".into(), json!(self.status.canonical_reason().unwrap_or("Error")));
        body.insert("status".into(), json!(self.status.as_u16()));
        body.insert("detail".into(), json!(self.detail));
        if let Some(roles) = &self.further.allowed_roles {
            let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            body.insert("allowed_roles".into(), json!(roles));
        }
        if !self.further.errors.is_empty() {
            body.insert("errors".into(), json!(self.further.errors));
        }
        body.extend(self.further.members.clone());
        body
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let detail = error.message();
        match error {
            AppError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, detail),
            AppError::Unauthorized => Self::new(StatusCode::UNAUTHORIZED, detail),
            AppError::Forbidden { who, what, .. } => {
                Self::new(StatusCode::FORBIDDEN, detail).allowed_to(who, what)
            }
            AppError::ForbiddenFields { what, who, errors } => {
                Self::new(StatusCode::FORBIDDEN, detail).allowed_to(who, Some(what)).with_errors(errors)
            }
            AppError::Invalid(errors) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_errors(errors)
            }
            AppError::BadParameter(errors) => Self::new(StatusCode::BAD_REQUEST, detail).with_errors(errors),
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
                Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
            }
            AppError::Store(ref inner) => Self::of_store(inner),
            AppError::Setting(_) | AppError::Internal(_) | AppError::Unhashed(_) => {
                tracing::error!(error = %error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl Problem {
    /// Creates the problem of an error of the database.
    fn of_store(error: &StoreError) -> Self {
        if error.is_unique_violation() {
            // Serialization conflicts were retried; what remains is a constraint that no command checks.
            let rule = error.unique_rule().unwrap_or_default();
            tracing::warn!(rule, "a write was refused by a unique key that no check knows");
            let detail =
                message!("Another record already has this value in {rule}.", rule = Word::text(rule));
            return Self::new(StatusCode::CONFLICT, detail);
        }
        if error.is_overlap() {
            return Self::new(
                StatusCode::CONFLICT,
                "Someone else booked this at the same time. Check the times and try again.",
            );
        }
        if error.is_unavailable() {
            tracing::error!(%error, "the database failed a request");
            let detail = match error {
                StoreError::File(_) => {
                    "The server cannot read or write its files. Try again in a few seconds."
                }
                _ => "The database is not available. Try again in a few seconds.",
            };
            return Self {
                retry_after: Some(RETRY_SECONDS),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            };
        }
        tracing::error!(%error, "a request failed");
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json::Object(self.body()).to_string()).into_response();
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            headers.insert(header::RETRY_AFTER, value);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(HeaderName::from_static("www-authenticate"), HeaderValue::from_static("Bearer"));
        }
        response
    }
}
