//! What a command or query may answer instead of a result.

use std::fmt;

use obcms_domain::accounts::{Action, Area, Role, who_can};
use obcms_domain::registry::FieldError;
use obcms_store::{StoreError, Transient};
use serde_json::Value as Json;

/// An error of the program.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the asker may not know of it.
    #[error("This {0} does not exist.")]
    NotFound(&'static str),
    /// Nobody is signed in.
    #[error("Sign in first.")]
    Unauthorized,
    /// The policy says no.
    #[error("{detail}")]
    Forbidden {
        /// What was refused.
        detail: String,
        /// Roles that could do it.
        who: Vec<Role>,
    },
    /// The policy does not let these fields be written.
    #[error("{detail}")]
    ForbiddenFields {
        /// Refused fields, in words.
        detail: String,
        /// Roles that could do it.
        who: Vec<Role>,
        /// Refused fields, each with who may write it.
        errors: Vec<FieldError>,
    },
    /// The input is wrong, field by field.
    #[error("Some fields are invalid.")]
    Invalid(Vec<FieldError>),
    /// The request cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// A parameter of the address is wrong.
    #[error("A parameter is invalid.")]
    BadParameter(Vec<FieldError>),
    /// The state of things forbids it.
    #[error("{detail}")]
    Conflict {
        /// What is in the way.
        detail: String,
        /// What is in the way, for programs: members of the answer.
        more: Vec<(&'static str, Json)>,
    },
    /// Somebody changed it meanwhile.
    #[error("Someone else changed this in the meantime. The current version is {current}.")]
    Stale {
        /// Version that it has now.
        current: i64,
    },
    /// Too often.
    #[error("Too many attempts. Try again in {seconds} seconds.")]
    TooMany {
        /// When to try again.
        seconds: i64,
    },
    /// A setting of the installation is wrong.
    #[error("{0}")]
    Setting(String),
    /// A pass phrase is to be hashed before the transaction goes on; see [`crate::core::App::write`].
    #[error("A pass phrase was not hashed.")]
    Unhashed(Passphrase),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that cannot be, was.
    #[error("{0}")]
    Internal(String),
}

/// A pass phrase as it was typed; no log shows it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Passphrase(pub(crate) String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase")
    }
}

impl AppError {
    /// Beginning of the refusals by the policy; pages make the rest a heading.
    pub const NO_PERMISSION: &str = "You do not have permission to ";

    /// A refusal by the policy.
    #[must_use]
    pub fn forbidden(action: Action, area: Area, what: &str) -> Self {
        Self::Forbidden { detail: format!("{}{what}.", Self::NO_PERMISSION), who: who_can(action, area) }
    }

    /// The same error with fields named as whoever asked named them.
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

    /// A conflict without further members.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict { detail: detail.into(), more: Vec::new() }
    }

    /// One wrong field.
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
