//! Form of a page that was refused.

use axum::http::StatusCode;
use obcms_app::AppError;
use obcms_domain::core::message::Message;
use obcms_domain::registry::FieldError;

use super::input::Form;
use crate::components::words;

/// A form of the page that was refused: what was typed and what is wrong with it.
#[derive(Debug, Default)]
pub struct Refused {
    /// Names and texts as they were sent.
    pub form: Form,
    /// Errors of fields.
    pub errors: Vec<FieldError>,
    /// Error of the whole.
    pub problem: Option<Message>,
}

impl Refused {
    /// Returns the error of the whole in the language of the screen.
    #[must_use]
    pub fn problem_text(&self) -> Option<String> {
        self.problem.as_ref().map(words::message)
    }

    /// Returns the error of the whole, or else those of fields that the form does not show.
    pub fn problem_beside(&self, is_shown: impl Fn(&FieldError) -> bool) -> Option<String> {
        let unseen = words::messages(self.errors.iter().filter(|error| !is_shown(error)));
        self.problem_text().or_else(|| (!unseen.is_empty()).then_some(unseen))
    }

    /// Reads a refusal that the page can show beside the form, with the status of the answer.
    ///
    /// # Errors
    ///
    /// Any other error.
    pub fn read(form: Form, error: AppError) -> Result<(StatusCode, Self), AppError> {
        let (status, errors, problem) = match error {
            AppError::Invalid(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors, None),
            AppError::ForbiddenFields { errors, .. } => (StatusCode::FORBIDDEN, errors, None),
            AppError::Forbidden { detail, .. } => (StatusCode::FORBIDDEN, Vec::new(), Some(detail)),
            AppError::Conflict { detail, .. } => (StatusCode::CONFLICT, Vec::new(), Some(detail)),
            AppError::Stale { .. } => {
                let problem =
                    "Someone else changed this at the same time. Check it, then send the form again.";
                (StatusCode::CONFLICT, Vec::new(), Some(problem.into()))
            }
            other => return Err(other),
        };
        Ok((status, Self { form, errors, problem }))
    }
}
