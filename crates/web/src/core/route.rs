//! Routes of the API with their access, read by the router, the description and the tests of access.

use std::collections::HashMap;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use obcms_app::AppError;
use obcms_domain::accounts::{Action, Area, Relation, allows};
use obcms_domain::core::message::Message;
use obcms_domain::message;
use obcms_domain::registry::Kind;
use obcms_domain::registry::action::ActionBody;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::limits::{MAXIMUM_BODY, UNREAD_BODY};
use crate::core::page_route::PageRoute;
use crate::core::problem::Problem;
use crate::core::state::State;

/// Access to a route. The command asks the policy about the record itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Everybody who is signed in, with or without a role.
    Account,
    /// Everybody with a role.
    Role,
    /// Actors who can do this to some record of the area.
    Policy(Action, Area),
}

impl Access {
    /// Returns an error unless the caller has access.
    pub fn check(self, caller: Option<&Caller>) -> Result<(), AppError> {
        self.check_for(caller, &"do this".into())
    }

    /// Returns the same with another text of the refusal, such as "see tasks".
    pub fn check_for(self, caller: Option<&Caller>, purpose: &Message) -> Result<(), AppError> {
        if self == Self::Public {
            return Ok(());
        }
        let actor = &caller.ok_or(AppError::Unauthorized)?.actor;
        match self {
            Self::Role if actor.roles.is_empty() => {
                Err(AppError::never_allowed("Your account has no role yet. Ask an administrator for one."))
            }
            Self::Public | Self::Account | Self::Role => Ok(()),
            Self::Policy(action, area) if allows(&actor.roles, action, area, &Relation::ALL) => Ok(()),
            Self::Policy(action, area) => Err(AppError::forbidden(action, area, purpose.clone())),
        }
    }
}

/// Parameter of an operation, of which the description makes an OpenAPI object.
#[derive(Clone, Copy, Debug)]
pub enum Parameter {
    /// Text with its name and description.
    Text(&'static str, &'static str),
    /// Search, filters, order and page of a list of the kind, without the parameters of these names.
    List(&'static Kind, &'static [&'static str]),
}

/// Body of an operation, of which the description makes a schema.
#[derive(Clone, Debug)]
pub enum RequestBody {
    /// Body with this schema.
    Schema(Json),
    /// Body of an action.
    Action(&'static ActionBody),
}

/// Operation of the API.
pub struct Route {
    /// Method in lower case, as in OpenAPI.
    pub method: &'static str,
    /// Address with `{id}` for the variable part.
    pub path: String,
    /// Summary in one line.
    pub summary: String,
    /// Group in the description.
    pub tag: &'static str,
    /// Access.
    pub access: Access,
    /// Parameters of the address.
    pub parameters: Vec<Parameter>,
    /// Body, if it has one.
    pub request: Option<RequestBody>,
    /// Limit of the body.
    pub body_limit: BodyLimit,
    /// Status and schema of the success response.
    pub response: (u16, Json),
    /// Handler.
    pub handler: MethodRouter<State>,
}

impl Route {
    /// Declares an operation with a JSON response.
    pub fn new(
        method: &'static str,
        path: impl Into<String>,
        summary: impl Into<String>,
        access: Access,
        handler: MethodRouter<State>,
    ) -> Self {
        Self {
            method,
            path: path.into(),
            summary: summary.into(),
            tag: "general",
            access,
            parameters: Vec::new(),
            request: None,
            body_limit: BodyLimit::of(if matches!(method, "get" | "delete") {
                UNREAD_BODY
            } else {
                MAXIMUM_BODY
            }),
            response: (200, json!({})),
            handler,
        }
    }

    /// Sets the group in the description.
    #[must_use]
    pub fn tag(mut self, tag: &'static str) -> Self {
        self.tag = tag;
        self
    }

    /// Adds parameters: name and description.
    #[must_use]
    pub fn query(mut self, parameters: &[(&'static str, &'static str)]) -> Self {
        self.parameters.extend(parameters.iter().map(|(name, meaning)| Parameter::Text(name, meaning)));
        self
    }

    /// Adds the parameters of a list of the kind, without those of these names.
    #[must_use]
    pub fn list_of(mut self, kind: &'static Kind, without: &'static [&'static str]) -> Self {
        self.parameters.push(Parameter::List(kind, without));
        self
    }

    /// Sets the schema of the body.
    #[must_use]
    pub fn body(mut self, schema: Json) -> Self {
        self.request = Some(RequestBody::Schema(schema));
        self
    }

    /// Sets the body of an action.
    #[must_use]
    pub fn action(mut self, body: &'static ActionBody) -> Self {
        self.request = Some(RequestBody::Action(body));
        self
    }

    /// Sets the maximum size of the body in bytes.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = BodyLimit::of(bytes);
        self
    }

    /// Takes a file as the body, of at most so many bytes with its form. It is written to disk while it is read.
    #[must_use]
    pub fn takes_file(mut self, bytes: usize) -> Self {
        self.body_limit = BodyLimit::of_file(bytes);
        self
    }

    /// Sets status and schema of the response.
    #[must_use]
    pub fn answers(mut self, status: u16, schema: Json) -> Self {
        self.response = (status, schema);
        self
    }

    /// Returns the handler behind its guard.
    pub fn guarded(self) -> (String, MethodRouter<State>) {
        let (access, limit) = (self.access, self.body_limit);
        let guard = from_fn(move |request: Request, next: Next| async move {
            match access.check(request.extensions().get::<Caller>()) {
                // Checked also where nothing reads the body.
                Ok(()) if announced(&request) > limit.bytes => limit.refusal().into_response(),
                Ok(()) => next.run(request).await,
                Err(error) => guard_refusal(error),
            }
        });
        (self.path, self.handler.route_layer(guard))
    }
}

/// Returns the size of the body from the head of the request.
pub(super) fn announced(request: &Request) -> usize {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Returns the refusal of a body that is too large for its route.
#[must_use]
pub fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message!("The body must be at most {limit} bytes.", limit))
}

/// Returns the refusal of a file with more than `most` bytes, those of its form included.
#[must_use]
pub fn file_too_large(most: usize) -> Problem {
    let size = most / (1024 * 1024);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message!("The file must be at most {size} MB.", size))
}

/// Limit of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit {
    /// Maximum size in bytes.
    pub bytes: usize,
    /// True for a file that is written to disk while it is read.
    pub is_file: bool,
}

impl BodyLimit {
    /// Returns the limit of a file that is written to disk while it is read.
    #[must_use]
    pub const fn of_file(bytes: usize) -> Self {
        Self { bytes, is_file: true }
    }

    /// Returns the limit of a body that is held in memory.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        Self { bytes, is_file: false }
    }

    /// Returns the refusal of a larger body.
    #[must_use]
    pub fn refusal(self) -> Problem {
        if self.is_file { file_too_large(self.bytes) } else { too_large(self.bytes) }
    }
}

/// Body limits by method and route.
#[derive(Debug, Default)]
pub struct BodyLimits(HashMap<String, BodyLimit>);

impl BodyLimits {
    /// Collects the limits of these operations and pages.
    #[must_use]
    pub fn new(routes: &[Route], pages: &[PageRoute]) -> Self {
        let routes = routes.iter().map(|route| (route.method, &route.path, route.body_limit));
        let pages = pages.iter().map(|page| (page.method, &page.path, page.body_limit));
        let all = routes.chain(pages);
        Self(all.map(|(method, path, limit)| (format!("{} {path}", method.to_uppercase()), limit)).collect())
    }

    /// Returns the limit of a request.
    #[must_use]
    pub fn of(&self, request: &Request) -> BodyLimit {
        let Some(path) = request.extensions().get::<MatchedPath>() else { return BodyLimit::of(UNREAD_BODY) };
        let method = request.method();
        let usual = if *method == Method::POST { MAXIMUM_BODY } else { UNREAD_BODY };
        self.0.get(&format!("{method} {}", path.as_str())).copied().unwrap_or(BodyLimit::of(usual))
    }
}

fn guard_refusal(error: AppError) -> Response {
    Problem::from(error).into_response()
}
