//! Job that calculates the holidays of future years before anyone plans for them.

use obcms_domain::jobs::BackOff;
use serde_json::Value as Json;

use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App};

/// Job handler. It runs on the morning of January 1, when the year after next comes into its range.
pub const HANDLER: Handler = Handler {
    kind: "holidays",
    label: "Calculate holidays",
    description: "Calculates the holidays of this year and the next two. Manual changes stay.",
    schedule: "0 3 1 1 *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run,
};

fn run(app: &App, _: &Json) -> Result<Outcome, JobError> {
    let this_year = app.today().year();
    let (mut created, mut updated) = (0, 0);
    for year in this_year..=this_year + 2 {
        let computed = app.compute_holidays(&Actor::program(), year)?;
        created += computed.created;
        updated += computed.updated;
    }
    Ok(Outcome::done(format!("{created} new, {updated} moved")))
}
