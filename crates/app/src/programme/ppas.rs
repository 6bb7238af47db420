//! PPAs: progress, and the place of the needs they answer.

use obcms_domain::kinds::{COMMUNITY, NEED};
use obcms_domain::registry::{Record, Value};
use obcms_domain::tasks::progress;

use super::choices;
use crate::error::AppError;
use crate::work::Work;

/// Keeps the shown progress right and prefills from the first need what was left open.
pub fn prepare(
    work: &mut Work<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
) -> Result<(), AppError> {
    choices::require(work, before, record)?;
    show_progress(record);
    if record.text("status") == "completed" && record.date("actual_end_date").is_none() {
        record.set("actual_end_date", work.today);
    }
    if before.is_none() {
        prefill(work, record)?;
    }
    Ok(())
}

/// The progress that people see: set by hand, or by the tasks.
pub fn show_progress(record: &mut Record) {
    let part = |name: &str| record.integer(name).and_then(|number| u8::try_from(number).ok());
    let shown = progress::effective(part("manual_progress"), part("task_progress"));
    record.set("progress", i64::from(shown));
}

fn prefill(work: &mut Work<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    let Some(need) = record.references("needs").first().copied() else {
        return Ok(());
    };
    let Some(need) = work.find(&NEED, need)? else {
        return Ok(());
    };
    if record.get("sector").is_empty() {
        record.set("sector", need.get("sector").clone());
    }
    let Some(community) = need.reference("community") else {
        return Ok(());
    };
    if record.get("communities").is_empty() {
        record.set("communities", vec![community]);
    }
    if let Some(community) = work.find(&COMMUNITY, community)? {
        for (own, theirs) in [
            ("coverage_region", "region"),
            ("coverage_province", "province"),
            ("coverage_municipality", "municipality"),
        ] {
            if matches!(record.get(own), Value::Null) {
                record.set(own, community.get(theirs).clone());
            }
        }
    }
    Ok(())
}
