//! Projects: titled after their need, one for each need.

use obcms_domain::kinds::NEED;
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
    let need = record.reference("need");
    if before.is_none_or(|before| before.reference("need") != need)
        && let Some(id) = need
    {
        let others = obcms_store::programme::projects::live_of_need(work.tx, id)?;
        if others.iter().any(|other| *other != record.id) {
            return Err(AppError::field("need", "unique", "This need already has a project."));
        }
        if let Some(need) = work.find(&NEED, id)? {
            record.set("title", need.title());
        }
    }
    if before.is_none() {
        record.set("current_stage", "need_identification");
        record.set("stage_entered_at", work.now);
    }
    Ok(())
}

/// Returns the task template for the stage of a project.
pub fn template(project: &Record) -> Option<&'static str> {
    let stage = project.text("current_stage");
    templates::template_for("project_stage", &|fact| (fact == "stage").then(|| stage.to_owned()))
}
