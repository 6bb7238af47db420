//! Checks of choices that depend on approval, project, validation or prerequisites. Commands refuse the other choices,
//! and forms do not offer them.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::approval::snapshot;
use obcms_domain::kinds::{need, ppa};
use obcms_domain::programme::following::{PpaContext, refuse_need};
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::records::closing::statuses_by_action;
use obcms_domain::registry::Record;
use obcms_store::Tx;

use crate::core::rules::{Choices, Refusal};
use crate::core::{AppError, UnitOfWork};
use crate::programme::projects::stage_of_link;

/// Returns the check of the choices of a PPA, by the stage of its project.
pub fn of_ppa(tx: &mut Tx<'_>, ppa: &Record, _: Timestamp) -> Result<Choices, AppError> {
    let project = stage_of_link(tx, "ppa", ppa.id)?;
    Ok(Box::new(move |before, record, today| refuse_ppa(project, before, record, today)))
}

/// Returns the check of the choices of a need, by the stage of its project.
pub fn of_need(tx: &mut Tx<'_>, need: &Record, _: Timestamp) -> Result<Choices, AppError> {
    let project = stage_of_link(tx, "need", need.id)?;
    Ok(Box::new(move |before, record, _| {
        if before.is_some_and(|before| keeps_choices(before, record)) {
            return None;
        }
        let status = need::STATUS.get(record);
        let is_validated = before.is_some_and(|before| need::VALIDATED_AT.get(before).is_some());
        refuse_need(is_validated, project, status).map(|message| ("status", message.into()))
    }))
}

/// Refuses a PPA or a need with choices that a save does not accept. Unchanged choices are not checked.
pub(super) fn require(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), AppError> {
    if before.is_some_and(|before| keeps_choices(before, record)) {
        return Ok(());
    }
    let choices = work.app.rules().choices(work.tx, record, work.now)?;
    match choices(before, record, work.today) {
        Some((field, message)) => Err(AppError::field(field, "follows", message)),
        None => Ok(()),
    }
}

fn keeps_choices(before: &Record, record: &Record) -> bool {
    ppa::STATUS.get(before) == ppa::STATUS.get(record) && before.is_request() == record.is_request()
}

fn refuse_ppa(
    project: Option<Stage>,
    before: Option<&Record>,
    record: &Record,
    today: Date,
) -> Option<Refusal> {
    if before.is_some_and(|before| crate::approval::rules::locks_category(before, record)) {
        return Some((ppa::CATEGORY.name(), "The budget approval locks the category.".into()));
    }
    let status = ppa::STATUS.get(record);
    let known = before.map_or("planning", |before| ppa::STATUS.get(before));
    if before.map_or(status == known, |before| keeps_choices(before, record)) {
        return None;
    }
    let context = ppa_context(project, record);
    if status == known {
        // A request that becomes a PPA, or a PPA that becomes a request, keeps a status that an action set.
        let stays = ["planning", "on_hold", "cancelled"].contains(&status) || status == context.given(today);
        let refused = || context.refuse("planning", status, today);
        let reason = || refused().unwrap_or("The status follows the approval and the project.".into());
        return (!stays).then(|| ("category", reason()));
    }
    // A record of the past may come with its end.
    if before.is_none() && statuses_by_action(record.kind).contains(&status) {
        return None;
    }
    context.refuse(known, status, today).map(|message| ("status", message))
}

/// Returns the circumstances that decide the states of a PPA.
pub(super) fn ppa_context(project: Option<Stage>, record: &Record) -> PpaContext {
    PpaContext {
        is_request: record.is_request(),
        approval: snapshot::state_in_force(record),
        project,
        start: ppa::START_DATE.get(record),
    }
}
