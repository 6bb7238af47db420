//! Errors of commands and queries.

use std::fmt;

use obcms_domain::accounts::{Action, Area, Role, who_can};
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use obcms_domain::registry::FieldError;
use obcms_store::{StoreError, Transient};
use serde_json::Value as Json;

/// Error of a command or query.
#[derive(Debug)]
pub enum AppError {
    /// The object does not exist, or the actor may not see it.
    NotFound(&'static str),
    /// The request has no valid credential.
    Unauthorized,
    /// The policy refuses the action.
    Forbidden {
        /// Refusal, as a sentence.
        detail: Message,
        /// Refused action, in words: the heading of pages.
        what: Option<Message>,
        /// Roles that may do it.
        who: Vec<Role>,
    },
    /// The policy refuses to let the actor write these fields.
    ForbiddenFields {
        /// Refused action with its fields, in words: the heading of pages.
        what: Message,
        /// Roles that may do it.
        who: Vec<Role>,
        /// Refused fields, each with the roles that may write it.
        errors: Vec<FieldError>,
    },
    /// Fields of the input are invalid.
    Invalid(Vec<FieldError>),
    /// The request cannot be parsed.
    BadRequest(Message),
    /// Parameters of the address are invalid.
    BadParameter(Vec<FieldError>),
    /// The present state of the data forbids the action.
    Conflict {
        /// Description of the conflict.
        detail: Message,
        /// Details of the conflict for programs: members of the answer.
        more: Vec<(&'static str, Json)>,
    },
    /// The record was changed by someone else meanwhile.
    Stale {
        /// Present version of the record.
        current: i64,
    },
    /// A file is larger than allowed.
    TooLarge(Message),
    /// The content of a file is of a type that is not allowed.
    UnsupportedType(Message),
    /// Too many requests.
    TooMany {
        /// Seconds until the next attempt is allowed.
        seconds: i64,
    },
    /// An option of the installation is invalid.
    Setting(String),
    /// The hash of a pass phrase is needed before the transaction can continue; see [`crate::core::App::write`].
    Unhashed(Passphrase),
    /// The database failed.
    Store(StoreError),
    /// An invariant of the program was violated.
    Internal(String),
}

/// Pass phrase as typed; its debug output is redacted for logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Passphrase(pub(crate) String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase")
    }
}

impl AppError {
    /// Returns true if the request is refused for a reason of its own; false if the program or the database failed.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::Internal(_) | Self::Unhashed(_) | Self::Setting(_))
    }

    /// Returns the sentence of a refusal by the policy.
    fn no_permission(what: impl Into<Message>) -> Message {
        message!("You do not have permission to {what}.", what = what.into())
    }

    /// Returns a refusal by the policy; `what` is the end of the sentence "You do not have permission to …".
    #[must_use]
    pub fn forbidden(action: Action, area: Area, what: impl Into<Message>) -> Self {
        Self::not_allowed(what, who_can(action, area))
    }

    /// Returns a refusal by the policy, with the roles that may do it.
    #[must_use]
    pub fn not_allowed(what: impl Into<Message>, who: Vec<Role>) -> Self {
        let what = what.into();
        Self::Forbidden { detail: Self::no_permission(what.clone()), what: Some(what), who }
    }

    /// Returns a refusal by the policy to write these fields; `what` is the end of the same sentence.
    #[must_use]
    pub fn forbidden_fields(
        action: Action,
        area: Area,
        what: &'static str,
        fields: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let error = |name| FieldError::new(name, "forbidden", Self::no_permission(what));
        let errors = fields.into_iter().map(error).collect();
        Self::ForbiddenFields { what: what.into(), who: who_can(action, area), errors }
    }

    /// Returns a refusal of another kind, which no role can change.
    #[must_use]
    pub fn never_allowed(detail: impl Into<Message>) -> Self {
        Self::Forbidden { detail: detail.into(), what: None, who: Vec::new() }
    }

    /// Returns the error as people read it.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NotFound(what) => message!("This {what} does not exist.", what = Word::label(what)),
            Self::Unauthorized => "Sign in first.".into(),
            Self::Forbidden { detail, .. } | Self::Conflict { detail, .. } => detail.clone(),
            Self::ForbiddenFields { what, .. } => Self::no_permission(what.clone()),
            Self::Invalid(_) => "Some fields are invalid.".into(),
            Self::BadRequest(detail) | Self::TooLarge(detail) | Self::UnsupportedType(detail) => {
                detail.clone()
            }
            Self::BadParameter(_) => "A parameter is invalid.".into(),
            Self::Stale { current } => message!(
                "Someone else changed this in the meantime. The current version is {current}.",
                current = *current
            ),
            Self::TooMany { seconds } => {
                message!("Too many attempts. Try again in {seconds} seconds.", seconds = *seconds)
            }
            Self::Setting(_) | Self::Unhashed(_) | Self::Store(_) | Self::Internal(_) => {
                "Something went wrong here; nothing was changed.".into()
            }
        }
    }

    /// Renames the fields of the error to the names that the client used.
    #[must_use]
    pub fn rename_fields(self, rename: impl Fn(&str) -> Option<&'static str>) -> Self {
        let renamed = |mut errors: Vec<FieldError>| {
            for error in &mut errors {
                if let Some(name) = rename(&error.field) {
                    name.clone_into(&mut error.field);
                }
            }
            errors
        };
        match self {
            Self::Invalid(errors) => Self::Invalid(renamed(errors)),
            Self::ForbiddenFields { what, who, errors } => {
                Self::ForbiddenFields { what, who, errors: renamed(errors) }
            }
            other => other,
        }
    }

    /// Returns a conflict without further members.
    pub fn conflict(detail: impl Into<Message>) -> Self {
        Self::Conflict { detail: detail.into(), more: Vec::new() }
    }

    /// Returns an error with one invalid field.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<Message>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message)])
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(text) | Self::Internal(text) => formatter.write_str(text),
            Self::Unhashed(_) => formatter.write_str("A pass phrase was not hashed."),
            Self::Store(error) => error.fmt(formatter),
            _ => formatter.write_str(&self.message().english()),
        }
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            _ => None,
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Vec<FieldError>> for AppError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}

impl Transient for AppError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}
