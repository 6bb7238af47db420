//! Decisions on measurements: approve, return and reopen, by somebody else than who reported.

use obcms_domain::accounts::Action;
use obcms_domain::choices::{self, MEASUREMENT_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{MEASUREMENT, measurement};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_domain::results::actions;
use obcms_store::records::changes::Change;

use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{Input, reload, require_live, require_version, require_write};

/// Verdict on a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasurementVerdict {
    /// The value counts.
    Approve,
    /// The value is to be corrected, for a reason.
    Return,
    /// The decision is withdrawn, for a reason.
    Reopen,
}

impl MeasurementVerdict {
    /// All verdicts.
    pub const ALL: [Self; 3] = [Self::Approve, Self::Return, Self::Reopen];

    /// Returns the name used by the API and the history.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Return => "return",
            Self::Reopen => "reopen",
        }
    }

    const fn status(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Return => "returned",
            Self::Reopen => "reported",
        }
    }
}

/// Requested decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasurementDecision {
    /// Verdict.
    pub verdict: MeasurementVerdict,
    /// Reason.
    pub note: String,
}

impl MeasurementDecision {
    /// Parses `{decision, note}`. Instead of these it accepts `action` and `comment`, the names of the budget approval.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let renamed = |name: &String| match name.as_str() {
            "action" if !input.contains_key(actions::DECISION.name()) => actions::DECISION.name().to_owned(),
            "comment" if !input.contains_key(actions::NOTE.name()) => actions::NOTE.name().to_owned(),
            _ => name.clone(),
        };
        let input: Input = input.iter().map(|(name, value)| (renamed(name), value.clone())).collect();
        let input = actions::DECIDE.parse(&input).map_err(AppError::Invalid)?;
        let verdict = MeasurementVerdict::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == actions::DECISION.get(&input))
            .ok_or_else(|| {
                let message = "Must be approve, return or reopen.";
                AppError::Invalid(vec![actions::DECISION.error("choice", message)])
            })?;
        let note = actions::NOTE.get(&input).to_owned();
        if verdict != MeasurementVerdict::Approve && note.is_empty() {
            return Err(AppError::Invalid(vec![actions::NOTE.error("required", "Enter a reason.")]));
        }
        Ok(Self { verdict, note })
    }
}

impl App {
    /// Decides on a measurement. `expected` is the version that the actor saw.
    pub fn decide_measurement(
        &self,
        actor: &Actor,
        id: Id,
        decision: &MeasurementDecision,
        expected: Option<i64>,
    ) -> Result<(Record, Id), AppError> {
        self.write(actor, |work| {
            let record = decide(work, id, decision, expected)?;
            Ok((record, work.change_set))
        })
    }
}

/// Decides on a measurement; see [`App::decide_measurement`].
pub fn decide(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    decision: &MeasurementDecision,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let before = work.load(&MEASUREMENT, id)?;
    require_write(work.actor)?;
    work.actor.require(work.tx, Action::DecideMeasurement, &before)?;
    require_version(&before, expected)?;
    require_live(&before)?;
    require_possible(&before, decision.verdict)?;
    if is_reporter(work.actor, &before) && decision.verdict != MeasurementVerdict::Reopen {
        return Err(AppError::never_allowed(
            "You reported this measurement. Somebody else must decide on it.",
        ));
    }
    let mut record = before.clone();
    measurement::STATUS.set(&mut record, decision.verdict.status());
    measurement::DECIDED_BY.set(&mut record, work.actor.id);
    measurement::DECIDED_AT.set(&mut record, work.now);
    measurement::DECISION_NOTE.set(&mut record, Some(&*decision.note).filter(|note| !note.is_empty()));
    decision.note.clone_into(&mut work.note);
    work.save(&before, &mut record, decision.verdict.as_str())?;
    reload(work, &record)
}

/// Returns true if the actor created the measurement or reported it last.
#[must_use]
pub fn is_reporter(actor: &Actor, record: &Record) -> bool {
    actor.id.is_some() && (record.created_by == actor.id || measurement::REPORTED_BY.get(record) == actor.id)
}

/// Refuses a decision that the state does not allow: only a reported measurement is decided, only a decided one reopened.
fn require_possible(record: &Record, verdict: MeasurementVerdict) -> Result<(), AppError> {
    let status = measurement::STATUS.get(record);
    let reopens = verdict == MeasurementVerdict::Reopen;
    if reopens == (status == "reported") {
        let status = choices::word(MEASUREMENT_STATUSES, status).within();
        return Err(AppError::conflict(message!("This measurement is {status} already.", status)));
    }
    Ok(())
}

/// Policy action of the undo of a decision.
pub(crate) fn undo_action(change: &Change) -> Option<Action> {
    let is_decision = MeasurementVerdict::ALL.iter().any(|verdict| verdict.as_str() == change.action);
    is_decision.then_some(Action::DecideMeasurement)
}
