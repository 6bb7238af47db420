//! Events: a moved event keeps its length.

use obcms_domain::registry::Record;

use crate::error::AppError;
use crate::records::Input;

/// When only the start is given anew, the end moves with it.
pub fn prepare(before: Option<&Record>, record: &mut Record, input: &Input) -> Result<(), AppError> {
    let Some(before) = before else {
        return Ok(());
    };
    if input.contains_key("end") || !input.contains_key("start") || input.contains_key("all_day") {
        return Ok(());
    }
    if let (Some(old_start), Some(old_end), Some(start)) =
        (before.instant("start"), before.instant("end"), record.instant("start"))
    {
        let length = old_end.duration_since(old_start);
        let end = start
            .checked_add(length)
            .map_err(|_| AppError::field("start", "range", "This date is out of range."))?;
        record.set("end", end);
    }
    Ok(())
}
