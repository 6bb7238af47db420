//! Projects: titled after their need, one for each need.

use obcms_domain::kinds::{NEED, project};
use obcms_domain::registry::Record;
use obcms_domain::tasks::templates;

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
    if before.is_none() {
        project::CURRENT_STAGE.set(record, "need_identification");
        project::STAGE_ENTERED_AT.set(record, work.now);
    }
    Ok(())
}

/// Returns the task template for the stage of a project.
pub fn template(project: &Record) -> Option<&'static str> {
    let stage = project::CURRENT_STAGE.get(project);
    templates::template_for("project_stage", &|fact| (fact == "stage").then(|| stage.to_owned()))
}
