//! State of a project: its stage visits, and what is missing to enter the next stage.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::approval::snapshot;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, NEED, PPA, need, ppa, project};
use obcms_domain::programme::life_cycle::{self, Missing, Stage, StageConditions};
use obcms_domain::registry::Record;
use obcms_store::programme::projects as store;
use serde_json::{Value as Json, json};

use super::projects::stage_of;
use crate::core::rules::Members;
use crate::core::{App, AppError};

impl App {
    /// Returns the stage visits of a project and what is missing to enter the next stage, for its page.
    pub fn project_state(&self, project: &Record) -> Result<ProjectState, AppError> {
        self.read(|tx| state(tx, project))
    }

    /// Returns the number of days that a project has been in its stage, and true if that is longer than usual or its
    /// target date has passed.
    #[must_use]
    pub fn days_in_stage(&self, project: &Record) -> (i64, bool) {
        days_in_stage(project, self.today(), self.zone())
    }
}

/// Returns the number of days in the present stage, and true if the project is late.
pub(super) fn days_in_stage(project: &Record, today: Date, zone: &TimeZone) -> (i64, bool) {
    let stage = stage_of(project);
    let entered = project::STAGE_ENTERED_AT.get(project).map(|at| at.to_zoned(zone.clone()).date());
    let days = entered.map_or(0, |entered| i64::from((today - entered).get_days()).max(0));
    let is_long = stage.usual_days().is_some_and(|usual| days > usual);
    let is_past = project::TARGET_COMPLETION_DATE.get(project).is_some_and(|target| target < today);
    (days, stage != Stage::Completion && (is_long || is_past))
}

/// Stage visits of a project and what is missing to enter the next stage.
#[derive(Debug)]
pub struct ProjectState {
    /// Visits of stages as JSON, in order.
    pub visits: Vec<Json>,
    /// Next stage; none after the last one.
    pub next: Option<Stage>,
    /// Missing requirements of the next stage.
    pub missing: Vec<Missing>,
}

/// Returns the stage visits of a project and what is missing to enter the next stage.
fn state(tx: &mut obcms_store::Tx<'_>, project: &Record) -> Result<ProjectState, AppError> {
    let visits = store::visits(tx, project.id)?;
    let conditions = conditions(tx, project)?;
    let next = stage_of(project).next();
    let missing = next.map(|next| life_cycle::missing_to_enter(next, &conditions)).unwrap_or_default();
    let visits = visits
        .iter()
        .map(|visit| {
            json!({
                "stage": visit.stage, "entered_at": visit.entered_at, "entered_by": visit.entered_by,
                "left_at": visit.left_at, "outcome": visit.outcome, "note": visit.note,
            })
        })
        .collect();
    Ok(ProjectState { visits, next, missing })
}

/// Returns the members shown only on the page of a project.
pub fn page_members(tx: &mut obcms_store::Tx<'_>, project: &Record) -> Result<Members, AppError> {
    let state = state(tx, project)?;
    let checks = state.missing.iter().map(|missing| check(project, *missing)).collect();
    Ok(vec![
        ("checks", Json::Array(checks)),
        ("next_stage", json!(state.next.map(Stage::as_str))),
        ("stage_progress", json!(stage_of(project).weight())),
        ("stages", Json::Array(state.visits)),
    ])
}

/// Returns the record in which a missing requirement of a project is set.
#[must_use]
pub fn place_of(project: &Record, missing: Missing) -> Option<Id> {
    match missing.place().0 {
        "need" => project::NEED.get(project),
        "ppa" => project::PPA.get(project),
        _ => Some(project.id),
    }
}

/// Returns the representation of a failed check, with the address where it can be fixed.
pub(super) fn check(project: &Record, missing: Missing) -> Json {
    let (kind, field) = missing.place();
    let record = place_of(project, missing);
    let href = match (kinds::by_name(kind), record) {
        (Some(kind), Some(record)) => Some(format!("{}{}", kind.url(record), missing.address())),
        _ => None,
    };
    json!({ "message": missing.message(), "kind": kind, "field": field, "id": record, "href": href })
}

pub(super) fn conditions(
    tx: &mut obcms_store::Tx<'_>,
    project: &Record,
) -> Result<StageConditions, AppError> {
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
