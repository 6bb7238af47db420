//! Projects: named after their need, one for each need.

use obcms_domain::kinds::NEED;
use obcms_domain::registry::Record;

use crate::error::AppError;
use crate::work::Work;

/// Names the project and puts a new one into the first stage.
pub fn prepare(
    work: &mut Work<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
) -> Result<(), AppError> {
    let need = record.reference("need");
    if before.is_none_or(|before| before.reference("need") != need)
        && let Some(id) = need
    {
        let other = work.tx.first(
            "SELECT id FROM projects WHERE need = $1 AND id <> $2 AND archived_at IS NULL",
            &[id.into(), record.id.into()],
        )?;
        if other.is_some() {
            return Err(AppError::field("need", "unique", "This need has a project already."));
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
