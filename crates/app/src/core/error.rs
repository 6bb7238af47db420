//! Errors of commands and queries.

use std::fmt;

use obcms_domain::accounts::{Action, Area, Role, who_can};
use obcms_domain::registry::FieldError;
use obcms_store::{StoreError, Transient};
use serde_json::Value as Json;

/// Error of a command or query.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The object does not exist, or the actor may not see it.
    #[error("This {0} does not exist.")]
    NotFound(&'static str),
    /// The request has no valid credential.
    #[error("Sign in first.")]
    Unauthorized,
    /// The policy refuses the action.
    #[error("{detail}")]
    Forbidden {
        /// Refused action, in words.
        detail: String,
        /// Roles that may do it.
        who: Vec<Role>,
    },
    /// The policy refuses to let the actor write these fields.
    #[error("{detail}")]
    ForbiddenFields {
        /// Refused fields, in words.
        detail: String,
        /// Roles that may do it.
        who: Vec<Role>,
        /// Refused fields, each with the roles that may write it.
        errors: Vec<FieldError>,
    },
    /// Fields of the input are invalid.
    #[error("Some fields are invalid.")]
    Invalid(Vec<FieldError>),
    /// The request cannot be parsed.
    #[error("{0}")]
    BadRequest(String),
    /// Parameters of the address are invalid.
    #[error("A parameter is invalid.")]
    BadParameter(Vec<FieldError>),
    /// The present state of the data forbids the action.
    #[error("{detail}")]
    Conflict {
        /// Description of the conflict.
        detail: String,
        /// Details of the conflict for programs: members of the answer.
        more: Vec<(&'static str, Json)>,
    },
    /// The record was changed by someone else meanwhile.
    #[error("Someone else changed this in the meantime. The current version is {current}.")]
    Stale {
        /// Present version of the record.
        current: i64,
    },
    /// A file is larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// The content of a file is of a type that is not allowed.
    #[error("{0}")]
    UnsupportedType(String),
    /// Too many requests.
    #[error("Too many attempts. Try again in {seconds} seconds.")]
    TooMany {
        /// Seconds until the next attempt is allowed.
        seconds: i64,
    },
    /// An option of the installation is invalid.
    #[error("{0}")]
    Setting(String),
    /// The hash of a pass phrase is needed before the transaction can continue; see [`crate::core::App::write`].
    #[error("A pass phrase was not hashed.")]
    Unhashed(Passphrase),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An invariant of the program was violated.
    #[error("{0}")]
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
    /// Beginning of refusals by the policy; pages turn the rest into a heading.
    pub const NO_PERMISSION: &str = "You do not have permission to ";

    /// Returns a refusal by the policy.
    #[must_use]
    pub fn forbidden(action: Action, area: Area, what: &str) -> Self {
        Self::Forbidden { detail: format!("{}{what}.", Self::NO_PERMISSION), who: who_can(action, area) }
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
            Self::ForbiddenFields { detail, who, errors } => {
                Self::ForbiddenFields { detail, who, errors: renamed(errors) }
            }
            other => other,
        }
    }

    /// Returns a conflict without further members.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict { detail: detail.into(), more: Vec::new() }
    }

    /// Returns an error with one invalid field.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message)])
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
