//! Needs: score, calculated at every save, and validation.

use obcms_domain::kinds::{PROJECT, need};
use obcms_domain::programme::needs::{Parts, priority_score};
use obcms_domain::registry::Record;
use obcms_store::programme::projects as store;
use serde_json::json;

use super::choices;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// States in which a need counts as validated.
const VALIDATED: [&str; 5] = ["validated", "prioritized", "planned", "in_progress", "completed"];

/// Calculates the score and sets who validated the need.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    choices::require(work, before, record)?;
    let some = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
    let (urgency, feasibility) = (some(need::URGENCY_LEVEL.get(record)), some(need::FEASIBILITY.get(record)));
    let score = priority_score(&Parts {
        urgency: urgency.as_deref(),
        severity: need::IMPACT_SEVERITY.get(record).and_then(|severity| u8::try_from(severity).ok()),
        feasibility: feasibility.as_deref(),
        affected_population: need::AFFECTED_POPULATION
            .get(record)
            .and_then(|people| u64::try_from(people).ok()),
    });
    need::PRIORITY_SCORE.set(record, i64::from(score));
    if !VALIDATED.contains(&need::STATUS.get(record)) {
        need::VALIDATED_AT.clear(record);
        need::VALIDATED_BY.clear(record);
    } else if need::VALIDATED_AT.get(record).is_none() {
        need::VALIDATED_AT.set(record, work.now);
        need::VALIDATED_BY.set(record, work.actor.id);
    }
    Ok(())
}

/// Refuses to archive a need with a live project: the chain would lose its first link.
pub fn before_archive(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let Some(project) = store::live_of_need(work.tx, record.id)?.first().copied() else { return Ok(()) };
    let detail = "This need has a project. Archive the project before the need.";
    Err(AppError::Conflict { detail: detail.into(), more: vec![("project", json!(project))] })
}

/// Copies the title of a need to its project.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if before.title() == record.title() {
        return Ok(());
    }
    for project in store::of_need(work.tx, record.id)? {
        if let Some(project) = work.find(&PROJECT, project)? {
            let mut renamed = project.clone();
            need::TITLE.set(&mut renamed, record.title());
            work.save_computed(&project, &renamed)?;
        }
    }
    Ok(())
}
