//! Needs: score, calculated at every save, and validation.

use obcms_domain::kinds::PROJECT;
use obcms_domain::programme::needs::{Parts, priority_score};
use obcms_domain::registry::{Record, Value};

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
    let (urgency, feasibility) = (some(record.text("urgency_level")), some(record.text("feasibility")));
    let score = priority_score(&Parts {
        urgency: urgency.as_deref(),
        severity: record.integer("impact_severity").and_then(|severity| u8::try_from(severity).ok()),
        feasibility: feasibility.as_deref(),
        affected_population: record
            .integer("affected_population")
            .and_then(|people| u64::try_from(people).ok()),
    });
    record.set("priority_score", i64::from(score));
    if !VALIDATED.contains(&record.text("status")) {
        record.set("validated_at", Value::Null);
        record.set("validated_by", Value::Null);
    } else if record.instant("validated_at").is_none() {
        record.set("validated_at", work.now);
        record.set("validated_by", work.actor.id);
    }
    Ok(())
}

/// Copies the title of a need to its project.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if before.title() == record.title() {
        return Ok(());
    }
    for project in obcms_store::programme::projects::of_need(work.tx, record.id)? {
        if let Some(project) = work.find(&PROJECT, project)? {
            let mut renamed = project.clone();
            renamed.set("title", record.title());
            work.save_computed(&project, &renamed)?;
        }
    }
    Ok(())
}
