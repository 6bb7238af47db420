//! Tasks that repeat after completion: each completed one is followed by the next.

use obcms_domain::calendar::series::is_series;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_domain::tasks::{TaskStatus, rank};
use obcms_store::tasks as store;
use serde_json::Value as Json;

use crate::core::{AppError, UnitOfWork};

/// Fields of the next task that begin anew.
const BEGUN_ANEW: [&str; 14] = [
    task::STARTED_AT.name(),
    task::COMPLETED_AT.name(),
    task::PROGRESS_BEFORE_COMPLETION.name(),
    task::ACTUAL_HOURS.name(),
    task::DEPENDS_ON.name(),
    task::TEMPLATE.name(),
    task::TEMPLATE_ITEM.name(),
    task::TEMPLATE_VERSION.name(),
    task::COMPLETED_ON.name(),
    task::ON_TIME.name(),
    task::CYCLE_DAYS.name(),
    task::GENERATED_ANCHOR.name(),
    task::GENERATED_OFFSET.name(),
    task::BASELINE_DUE.name(),
];

/// Creates the next task when one that repeats after completion was completed. A task that was reopened and is completed
/// again has its next one already.
pub fn follow(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let completed = TaskStatus::Completed.as_str();
    let is_completed = task::STATUS.get(record) == completed && task::STATUS.get(before) != completed;
    let Some(days) = task::REPEAT_AFTER_DAYS.get(record).filter(|_| is_completed) else {
        return Ok(());
    };
    if record.is_archived() || is_series(record) || store::has_next(work.tx, record.id)? {
        return Ok(());
    }
    let next = next(work, record, days)?;
    work.insert(std::slice::from_ref(&next))
}

fn next(work: &mut UnitOfWork<'_, '_>, done: &Record, days: i64) -> Result<Record, AppError> {
    let mut next = work.new_record(&TASK);
    next.values.clone_from(&done.values);
    for name in BEGUN_ANEW {
        next.set(name, obcms_domain::registry::Value::Null);
    }
    task::BASELINE_START.clear(&mut next);
    task::STATUS.set(&mut next, TaskStatus::NotStarted.as_str());
    task::PROGRESS.set(&mut next, 0_i64);
    task::BLOCKED.set(&mut next, false);
    task::MARKED_AT_RISK.set(&mut next, false);
    task::TOUCHED.set(&mut next, false);
    task::CONTINUES.set(&mut next, done.id);
    let due = work.today.saturating_add(jiff::Span::new().days(days));
    let length = match (task::START_DATE.get(done), task::DUE_DATE.get(done)) {
        (Some(start), Some(due)) => {
            Some(due.since(start).map_err(|_| AppError::Internal("dates".to_owned()))?)
        }
        _ => None,
    };
    task::DUE_DATE.set(&mut next, due);
    task::START_DATE.set(&mut next, length.map(|length| due.saturating_sub(length)));
    if let Some(steps) = task::CHECKLIST.get(done).and_then(Json::as_array) {
        let open = steps.iter().cloned().map(|mut step| {
            step["state"] = "open".into();
            step
        });
        task::CHECKLIST.set(&mut next, Json::Array(open.collect()));
    }
    let last = store::last_rank(work.tx)?;
    task::RANK.set(&mut next, rank::between(last.as_deref(), None));
    next.created_by = done.created_by;
    Ok(next)
}
