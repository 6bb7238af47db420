//! Job that raises and resolves the alerts that come with time.

use obcms_domain::jobs::BackOff;
use obcms_domain::kinds::ALERT_SUBJECTS;
use serde_json::Value as Json;

use super::evaluation::{Evaluated, evaluate};
use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError, UnitOfWork};

/// Job handler. It runs shortly after midnight, when the days of all rules have moved on.
pub const HANDLER: Handler = Handler {
    kind: "alerts",
    label: "Check alerts",
    description: "Raises and resolves alerts: of deadlines, of money that does not move, of everything else that time \
                  changes.",
    schedule: "5 0 * * *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run,
};

fn run(app: &App, _: &Json) -> Result<Outcome, JobError> {
    let counts = app.check_alerts(&Actor::program())?;
    Ok(Outcome::done(format!(
        "{} raised, {} resolved, {} changed",
        counts.raised, counts.resolved, counts.changed
    )))
}

impl App {
    /// Raises and resolves all alerts, one kind of subject in a transaction.
    pub fn check_alerts(&self, actor: &Actor) -> Result<Evaluated, AppError> {
        let mut counts = Evaluated::default();
        for kind in ALERT_SUBJECTS {
            counts.add(self.write(actor, |work| work.apart(|work| evaluate(work, kind, None)))?);
        }
        Ok(counts)
    }
}

/// Raises and resolves all alerts in one transaction.
pub fn check(work: &mut UnitOfWork<'_, '_>) -> Result<Evaluated, AppError> {
    let mut counts = Evaluated::default();
    for kind in ALERT_SUBJECTS {
        counts.add(work.apart(|work| evaluate(work, kind, None))?);
    }
    Ok(counts)
}
