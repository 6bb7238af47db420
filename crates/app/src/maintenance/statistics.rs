//! Nightly job that updates the statistics of the database.

use obcms_domain::jobs::BackOff;
use serde_json::Value as Json;

use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{App, AppError};

/// Handler of the job, run every night after the cleaning.
pub const HANDLER: Handler = Handler {
    kind: "statistics",
    label: "Update statistics",
    description: "Updates the statistics that the database uses to choose indexes.",
    schedule: "53 3 * * *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run,
};

fn run(app: &App, _: &Json) -> Result<Outcome, JobError> {
    app.database().optimize().map_err(AppError::from)?;
    Ok(Outcome::done("Statistics updated"))
}
