//! Failure of a command.

use crate::settings::ResolveError;
use obcms_app::AppError;
use std::fmt;
use std::process::ExitCode;

/// Error shown to the user of the terminal as one line.
#[derive(Debug)]
pub struct Failure {
    message: String,
    bad_usage: bool,
}

impl Failure {
    /// Creates a failure; the message says what to do.
    pub fn new(message: impl fmt::Display) -> Failure {
        Failure { message: message.to_string(), bad_usage: false }
    }

    /// Prints the line and returns the exit code: 1, or 2 for bad usage.
    pub fn report(&self) -> ExitCode {
        eprintln!("obcms: {}", self.message.replace('\n', " ").trim_end());
        ExitCode::from(if self.bad_usage { 2 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Failure {
        Failure { message: error.message, bad_usage: error.bad_usage }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Failure {
        match &error {
            AppError::Invalid(fields) | AppError::BadParameter(fields) => {
                let messages: Vec<String> = fields
                    .iter()
                    .map(|field| format!("{}: {}", field.field, field.message.english()))
                    .collect();
                Failure::new(messages.join(" "))
            }
            _ => Failure::new(error),
        }
    }
}
