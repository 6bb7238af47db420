//! Routes of pages with their access, declared like those of the API.

use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{self, MethodRouter};
use obcms_domain::core::message::Message;

use super::caller::Caller;
use super::errors::PageError;
use super::limits::{MAXIMUM_BODY, UNREAD_BODY};
use super::route::{Access, BodyLimit, announced};
use super::state::State;

/// Page, or form of a page.
pub struct PageRoute {
    /// Method in lower case.
    pub method: &'static str,
    /// Address with `{id}` for the variable part.
    pub path: String,
    /// Access before the handler. The command decides about the record.
    pub access: Access,
    /// Text of the refusal, after "You do not have permission to".
    pub purpose: Message,
    /// Limit of the body.
    pub body_limit: BodyLimit,
    handler: MethodRouter<State>,
}

impl PageRoute {
    /// Declares a page.
    pub fn get<H, T>(path: impl Into<String>, access: Access, handler: H) -> Self
    where
        H: Handler<T, State>,
        T: 'static,
    {
        Self::new("get", path.into(), access, UNREAD_BODY, routing::get(handler))
    }

    /// Declares a form.
    pub fn post<H, T>(path: impl Into<String>, access: Access, handler: H) -> Self
    where
        H: Handler<T, State>,
        T: 'static,
    {
        Self::new("post", path.into(), access, MAXIMUM_BODY, routing::post(handler))
    }

    fn new(
        method: &'static str,
        path: String,
        access: Access,
        body_limit: usize,
        handler: MethodRouter<State>,
    ) -> Self {
        let body_limit = BodyLimit::of(body_limit);
        Self { method, path, access, purpose: "do this".into(), body_limit, handler }
    }

    /// Sets the text of the refusal, such as "see tasks".
    #[must_use]
    pub fn purpose(mut self, purpose: impl Into<Message>) -> Self {
        self.purpose = purpose.into();
        self
    }

    /// Sets the maximum size of the body in bytes.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = BodyLimit::of(bytes);
        self
    }

    /// Takes files as the body, of at most so many bytes with their form. They are written to disk while they are read.
    #[must_use]
    pub fn takes_files(mut self, bytes: usize) -> Self {
        self.body_limit = BodyLimit::of_file(bytes);
        self
    }

    /// Returns the handler behind its guard.
    pub fn guarded(self) -> (String, MethodRouter<State>) {
        let (access, purpose, limit) = (self.access, self.purpose, self.body_limit);
        let guard = from_fn(move |request: Request, next: Next| {
            let refusal = access.check_for(request.extensions().get::<Caller>(), &purpose).err();
            async move {
                match refusal {
                    None if announced(&request) > limit.bytes => PageError(limit.refusal()).into_response(),
                    None => next.run(request).await,
                    Some(error) => PageError::from(error).into_response(),
                }
            }
        });
        (self.path, self.handler.route_layer(guard))
    }
}
