//! Statuses of PPAs and needs that follow their approval, project and start date.

use obcms_domain::core::id::Id;
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds::{NEED, PPA, need, ppa};
use obcms_domain::programme::following;
use obcms_domain::registry::Record;
use obcms_store::programme::projects as store;
use serde_json::Value as Json;

use super::choices::ppa_context;
use super::projects::stage_of_link;
use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError, UnitOfWork};

/// PPAs updated in one transaction.
const BATCH: usize = 100;

/// Handler of the job that begins PPAs on their start date, run every night soon after midnight in the zone of the
/// office.
pub const HANDLER: Handler = Handler {
    kind: "begin_ppas",
    label: "Begin PPAs",
    description: "Sets enacted PPAs without a project to ongoing on their start date.",
    schedule: "3 0 * * *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run,
};

fn run(app: &App, _: &Json) -> Result<Outcome, JobError> {
    let ids = app.read(|tx| Ok(store::ppas_to_begin(tx, app.today())?))?;
    let mut begun = 0;
    for batch in ids.chunks(BATCH) {
        begun += app.write(&Actor::program(), |work| {
            batch
                .iter()
                .try_fold(0, |count, id| Ok::<_, AppError>(count + usize::from(follow_ppa(work, *id)?)))
        })?;
    }
    Ok(Outcome::done(format!("{begun} PPAs begun")))
}

/// Sets the status of a PPA, and its end with it.
pub(super) fn set_status(work: &UnitOfWork<'_, '_>, record: &mut Record, status: &str) {
    ppa::STATUS.set(record, status);
    if status != "completed" {
        ppa::ACTUAL_END_DATE.clear(record);
    } else if ppa::ACTUAL_END_DATE.get(record).is_none() {
        ppa::ACTUAL_END_DATE.set(record, work.today);
    }
}

/// Updates the status of a PPA to its approval, project and start date. Returns true if it changed. A request has no
/// state of its own until it is turned into a PPA.
pub(super) fn follow_ppa(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<bool, AppError> {
    let Some(before) = work.find(&PPA, id)?.filter(|ppa| !ppa.is_request() && !ppa.is_archived()) else {
        return Ok(false);
    };
    let project = stage_of_link(work.tx, "ppa", id)?;
    let context = ppa_context(project, &before);
    let Some(status) = context.follows(ppa::STATUS.get(&before), work.today) else {
        return Ok(false);
    };
    let mut record = before.clone();
    set_status(work, &mut record, status);
    work.save(&before, &mut record, "follow")
}

/// Updates the status of a need to the stage of its project.
pub(super) fn follow_need(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<(), AppError> {
    let Some(stage) = stage_of_link(work.tx, "need", id)? else { return Ok(()) };
    let Some(before) = work.find(&NEED, id)?.filter(|need| !need.is_archived()) else { return Ok(()) };
    if let Some(status) = following::need_status(need::STATUS.get(&before), stage) {
        let mut record = before.clone();
        need::STATUS.set(&mut record, status);
        work.save(&before, &mut record, "follow")?;
    }
    Ok(())
}
