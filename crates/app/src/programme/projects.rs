//! Stages of a project: its moves through the nine stages.

use std::collections::BTreeMap;

use obcms_domain::accounts::Action;
use obcms_domain::approval::snapshot;
use obcms_domain::choices;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{NEED, PPA, PROJECT, need, ppa, project};
use obcms_domain::programme::following;
use obcms_domain::programme::life_cycle::{self, LifeCycleError, Missing, Stage, StageConditions};
use obcms_domain::registry::Record;
use obcms_store::programme::projects::{self as store, StageVisit};
use serde_json::{Value as Json, json};

use crate::core::rules::Members;
use crate::core::{Actor, App, AppError, UnitOfWork};

/// Requested step of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One stage forward.
    Advance,
    /// Forward past the next stage, which may be skipped.
    Skip,
    /// Back to an earlier stage.
    Return(Stage),
}

impl App {
    /// Moves a project; skip and return require a reason. `seen` is the stage in which the person saw it, so that a
    /// double click, or a second tab, takes no second step.
    pub fn move_project(
        &self,
        actor: &Actor,
        id: Id,
        seen: Option<Stage>,
        step: Step,
        note: &str,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| {
            work.note = note.to_owned();
            if let Some(seen) = seen {
                require_stage(work, id, seen)?;
            }
            move_project(work, id, step, note)
        })
    }

    /// Returns the stage visits of a project and what is missing to enter the next stage, for its page.
    pub fn project_state(&self, project: &Record) -> Result<BTreeMap<&'static str, Json>, AppError> {
        self.read(|tx| state(tx, project))
    }
}

/// Returns the stage visits of a project and what is missing to enter the next stage.
pub fn state(
    tx: &mut obcms_store::Tx<'_>,
    project: &Record,
) -> Result<BTreeMap<&'static str, Json>, AppError> {
    let visits = store::visits(tx, project.id)?;
    let conditions = conditions(tx, project)?;
    let current = stage_of(project);
    let next = current.next();
    let checks: Vec<Json> = next
        .map(|next| life_cycle::missing_to_enter(next, &conditions))
        .unwrap_or_default()
        .iter()
        .map(|missing| check(project, *missing))
        .collect();
    let stages: Vec<Json> = visits
        .iter()
        .map(|visit| {
            json!({
                "stage": visit.stage, "entered_at": visit.entered_at, "entered_by": visit.entered_by,
                "left_at": visit.left_at, "note": visit.note,
            })
        })
        .collect();
    Ok(BTreeMap::from([
        ("stages", Json::Array(stages)),
        ("checks", Json::Array(checks)),
        ("next_stage", json!(next.map(Stage::as_str))),
        ("stage_progress", json!(current.weight())),
    ]))
}

/// Returns the members shown only on the page of a project.
pub fn page_members(tx: &mut obcms_store::Tx<'_>, project: &Record) -> Result<Members, AppError> {
    Ok(state(tx, project)?.into_iter().collect())
}

/// Returns the representation of a failed check, with the address where it can be fixed.
fn check(project: &Record, missing: Missing) -> Json {
    let (kind, field) = missing.place();
    let record = match kind {
        "need" => project::NEED.get(project),
        "ppa" => project::PPA.get(project),
        _ => Some(project.id),
    };
    json!({ "message": missing.message(), "kind": kind, "field": field, "id": record })
}

fn stage_of(project: &Record) -> Stage {
    Stage::parse(project::CURRENT_STAGE.get(project)).unwrap_or(Stage::NeedIdentification)
}

/// Returns the stage of the live project whose field `need` or `ppa` refers to a record; of several the furthest.
pub(crate) fn stage_of_link(
    tx: &mut obcms_store::Tx<'_>,
    field: &str,
    target: Id,
) -> Result<Option<Stage>, AppError> {
    let sources = obcms_store::records::sources(tx, &[target], &[PROJECT.name], 100)?;
    let live = sources.iter().filter(|(_, by, project)| by == field && !project.is_archived);
    Ok(live.filter_map(|(_, _, project)| Stage::parse(&project.state)).max())
}

fn conditions(tx: &mut obcms_store::Tx<'_>, project: &Record) -> Result<StageConditions, AppError> {
    let mut conditions = StageConditions {
        focal_person: !project::MAO_FOCAL_PERSON.is_empty(project),
        ..StageConditions::default()
    };
    if let Some(need) = project::NEED.get(project)
        && let Some(need) = obcms_store::records::load(tx, &NEED, need)?
    {
        conditions.need_validated = need::VALIDATED_AT.get(&need).is_some();
    }
    if let Some(ppa) = project::PPA.get(project)
        && let Some(ppa) = obcms_store::records::load(tx, &PPA, ppa)?
    {
        conditions.ppa = snapshot::state_in_force(&ppa);
        conditions.ppa_budget = ppa::BUDGET_ALLOCATION_CENTAVOS.get(&ppa).is_some_and(|amount| amount > 0);
        conditions.ppa_funding_source = !ppa::FUNDING_SOURCE.is_empty(&ppa);
    }
    Ok(conditions)
}

/// Refuses if the project is in another stage than the one that the person saw.
fn require_stage(work: &mut UnitOfWork<'_, '_>, id: Id, seen: Stage) -> Result<(), AppError> {
    let project = work.load(&PROJECT, id)?;
    work.actor.require(work.tx, Action::Transition, &project)?;
    let current = stage_of(&project);
    if current == seen {
        return Ok(());
    }
    let label = choices::label(choices::PROJECT_STAGES, current.as_str());
    Err(AppError::conflict(format!(
        "The project is now in {label}. Nothing was changed; check the stage and choose again."
    )))
}

/// Moves a project one step.
pub fn move_project(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    step: Step,
    note: &str,
) -> Result<Record, AppError> {
    crate::records::require_write(work.actor)?;
    let before = work.load(&PROJECT, id)?;
    work.actor.require(work.tx, Action::Transition, &before)?;
    if before.is_archived() {
        return Err(AppError::conflict("This project is archived. Restore it first."));
    }
    let conditions = conditions(work.tx, &before)?;
    let current = stage_of(&before);
    let target = match step {
        Step::Advance => life_cycle::advance(current, &conditions),
        Step::Skip => life_cycle::skip(current, &conditions, note),
        Step::Return(stage) => life_cycle::return_to(current, stage, note),
    }
    .map_err(|error| refusal(&before, &error))?;
    let mut record = before.clone();
    project::CURRENT_STAGE.set(&mut record, target.as_str());
    project::STAGE_ENTERED_AT.set(&mut record, work.now);
    project::COMPLETED_ON.set(&mut record, (target == Stage::Completion).then_some(work.today));
    enter(work, record.id, target, note)?;
    let action = match step {
        Step::Advance => "advance",
        Step::Skip => "skip",
        Step::Return(_) => "return",
    };
    work.save(&before, &mut record, action)?;
    follow_stage(work, &record, target)?;
    Ok(record)
}

fn refusal(project: &Record, error: &LifeCycleError) -> AppError {
    match error {
        LifeCycleError::NoReason => AppError::field("note", "required", "Enter a reason."),
        LifeCycleError::Missing(missing) => AppError::Conflict {
            detail: format!("The project cannot advance: {error}."),
            more: vec![("checks", Json::Array(missing.iter().map(|item| check(project, *item)).collect()))],
        },
        other => AppError::conflict(format!("Not possible: {other}.")),
    }
}

/// Enters the first stage after a project was created.
pub fn enter_first(work: &mut UnitOfWork<'_, '_>, project: &Record) -> Result<(), AppError> {
    enter(work, project.id, Stage::NeedIdentification, "")
}

/// Removes the stage visit of a step that was undone; an undo of that undo enters the stage again.
pub fn follow_undo(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &Record,
    undone: Id,
) -> Result<(), AppError> {
    if project::CURRENT_STAGE.get(before) == project::CURRENT_STAGE.get(record) {
        return Ok(());
    }
    if store::undo_visits(work.tx, record.id, undone)? == 0 {
        enter(work, record.id, stage_of(record), "")?;
    }
    Ok(())
}

fn enter(work: &mut UnitOfWork<'_, '_>, project: Id, stage: Stage, note: &str) -> Result<(), AppError> {
    let visit = StageVisit {
        id: work.app.new_id(),
        project_id: project,
        stage: stage.as_str().to_owned(),
        entered_at: work.now,
        entered_by: work.actor.id,
        left_at: None,
        note: note.to_owned(),
        change_set: Some(work.change_set),
    };
    store::enter(work.tx, &visit)?;
    Ok(())
}

/// Updates the states of PPA and need to the stage. A request has no state of its own until it is turned into a PPA.
fn follow_stage(work: &mut UnitOfWork<'_, '_>, project: &Record, stage: Stage) -> Result<(), AppError> {
    if let Some(id) = project::PPA.get(project)
        && let Some(before) = work.find(&PPA, id)?
        && !before.is_request()
        && let Some(status) = following::ppa_status(ppa::STATUS.get(&before), stage)
    {
        let mut record = before.clone();
        ppa::STATUS.set(&mut record, status);
        match status {
            "completed" if ppa::ACTUAL_END_DATE.get(&record).is_none() => {
                ppa::ACTUAL_END_DATE.set(&mut record, work.today);
            }
            "completed" => {}
            _ => ppa::ACTUAL_END_DATE.clear(&mut record),
        }
        work.save(&before, &mut record, "follow")?;
    }
    if let Some(id) = project::NEED.get(project)
        && let Some(before) = work.find(&NEED, id)?
        && let Some(status) = following::need_status(need::STATUS.get(&before), stage)
    {
        let mut record = before.clone();
        need::STATUS.set(&mut record, status);
        work.save(&before, &mut record, "follow")?;
    }
    Ok(())
}
