//! Projects: titled after their need, one for each need; PPA and need follow them.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{NEED, project};
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::Record;

use super::{following, ppas, projects, stage_tasks};
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Sets the title of the project, and the first stage of a new one.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let need = project::NEED.get(record);
    if before.is_none_or(|before| project::NEED.get(before) != need)
        && let Some(id) = need
    {
        let others = obcms_store::programme::projects::live_of_need(work.tx, id)?;
        if others.iter().any(|other| *other != record.id) {
            return Err(AppError::field(project::NEED.name(), "unique", "This need already has a project."));
        }
        if let Some(need) = work.find(&NEED, id)? {
            project::TITLE.set(record, need.title());
        }
    }
    // The chain is whole, whichever of project and PPA came first.
    if let (None, Some(need)) = (before, need)
        && project::PPA.is_empty(record)
    {
        project::PPA.set(record, ppas::only_ppa_of_need(work.tx, need)?);
    }
    if before.is_none() {
        project::CURRENT_STAGE.set(record, "need_identification");
        project::STAGE_ENTERED_AT.set(record, work.now);
        project::IS_BLOCKED.set(record, false);
    }
    Ok(())
}

/// Enters the first stage after a project was created.
pub fn created(work: &mut UnitOfWork<'_, '_>, project: &Record) -> Result<(), AppError> {
    projects::enter(work, project.id, Stage::NeedIdentification, "", "advanced")?;
    follow(work, project::PPA.get(project), project::NEED.get(project))
}

/// Updates the statuses of need and PPA when the project is linked to another one, archived or restored. A move
/// updates them itself.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, project: &Record) -> Result<(), AppError> {
    let is_same = before.archived_at == project.archived_at
        && project::PPA.is_same(before, project)
        && project::NEED.is_same(before, project);
    if is_same {
        return Ok(());
    }
    follow(work, project::PPA.get(project), project::NEED.get(project))?;
    let other = |old: Option<Id>, new: Option<Id>| old.filter(|old| Some(*old) != new);
    follow(
        work,
        other(project::PPA.get(before), project::PPA.get(project)),
        other(project::NEED.get(before), project::NEED.get(project)),
    )
}

/// Updates the statuses of a PPA and a need to their project.
pub(super) fn follow(
    work: &mut UnitOfWork<'_, '_>,
    ppa: Option<Id>,
    need: Option<Id>,
) -> Result<(), AppError> {
    if let Some(ppa) = ppa {
        following::follow_ppa(work, ppa)?;
    }
    if let Some(need) = need {
        following::follow_need(work, need)?;
    }
    Ok(())
}

/// Returns the task template for the stage of a project.
pub fn template(project: &Record) -> Option<&'static str> {
    stage_tasks::template_of(projects::stage_of(project))
}
