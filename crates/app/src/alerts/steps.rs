//! Steps of people on alerts: acknowledge, snooze, reopen, make a task.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::alerts::actions;
use obcms_domain::choices::{self, ALERT_STATES};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{ALERT, ORIGINS, TASK, alert, task};
use obcms_domain::message;
use obcms_domain::registry::{Link, Record};
use obcms_store::records as store;

use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{self, Input, reload, require_live, require_version, require_write};

/// Step on an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertStep {
    /// Somebody knows of it.
    Acknowledge {
        /// Remark.
        note: String,
    },
    /// It comes back on a day.
    Snooze {
        /// The day.
        until: Date,
        /// Remark.
        note: String,
    },
    /// It is active again.
    Reopen {
        /// Remark.
        note: String,
    },
}

/// Result of a step on many alerts.
#[derive(Clone, Debug, Default)]
pub struct ManyAlerts {
    /// Alerts that were changed.
    pub changed: Vec<Id>,
    /// The others, each with the reason.
    pub refused: Vec<(Id, Message)>,
}

/// Task to make of an alert.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskOfAlert {
    /// Title; that of the alert by default.
    pub title: Option<String>,
    /// Due date.
    pub due_date: Option<Date>,
    /// Assignee; the actor by default.
    pub assignee: Option<Id>,
}

impl TaskOfAlert {
    /// Parses `{title, due_date, assignee}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::TASK.parse(input).map_err(AppError::Invalid)?;
        Ok(Self {
            title: actions::TITLE.given(&input).map(str::to_owned),
            due_date: actions::DUE_DATE.get(&input),
            assignee: actions::ASSIGNEE.get(&input),
        })
    }
}

impl AlertStep {
    /// Parses the body of `acknowledge`, `snooze` or `reopen`.
    pub fn parse(step: &str, input: &Input) -> Result<Self, AppError> {
        let body = if step == "snooze" { actions::SNOOZE } else { actions::REMARK };
        let input = body.parse(input).map_err(AppError::Invalid)?;
        let note = actions::NOTE.get(&input).to_owned();
        match step {
            "acknowledge" => Ok(Self::Acknowledge { note }),
            "reopen" => Ok(Self::Reopen { note }),
            _ => {
                let until = actions::UNTIL.get(&input).ok_or_else(|| {
                    AppError::Invalid(vec![actions::UNTIL.error("required", "Enter a date.")])
                })?;
                Ok(Self::Snooze { until, note })
            }
        }
    }

    /// Parses the body of `acknowledge` or `snooze` of many alerts.
    pub fn parse_many(step: &str, input: &Input) -> Result<(Vec<Id>, Self), AppError> {
        let body = if step == "snooze" { actions::SNOOZE_MANY } else { actions::ACKNOWLEDGE_MANY };
        let parsed = body.parse(input).map_err(AppError::Invalid)?;
        let given = actions::IDS.get(&parsed).and_then(serde_json::Value::as_array);
        let ids = given.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect();
        let rest: Input = input
            .iter()
            .filter(|(name, _)| *name != actions::IDS.name())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        Ok((ids, Self::parse(step, &rest)?))
    }

    const fn action(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "acknowledge",
            Self::Snooze { .. } => "snooze",
            Self::Reopen { .. } => "reopen",
        }
    }
}

impl App {
    /// Takes a step on an alert. `expected` is the version that the actor saw.
    pub fn step_alert(
        &self,
        actor: &Actor,
        id: Id,
        step: &AlertStep,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| take(work, id, step, expected))
    }

    /// Takes a step on many alerts; those that refuse it are named and do not keep the others from it.
    pub fn step_alerts(&self, actor: &Actor, ids: &[Id], step: &AlertStep) -> Result<ManyAlerts, AppError> {
        self.write(actor, |work| {
            let mut result = ManyAlerts::default();
            for id in ids {
                match take(work, *id, step, None) {
                    Ok(record) => result.changed.push(record.id),
                    Err(AppError::Conflict { detail, .. }) => result.refused.push((*id, detail)),
                    Err(error @ AppError::NotFound(_)) => result.refused.push((*id, error.message())),
                    Err(other) => return Err(other),
                }
            }
            Ok(result)
        })
    }

    /// Makes a task of an alert, which is acknowledged by that.
    pub fn task_of_alert(&self, actor: &Actor, id: Id, given: &TaskOfAlert) -> Result<Record, AppError> {
        self.write(actor, |work| make_task(work, id, given))
    }
}

/// Loads an alert on which the actor may take steps.
fn load(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<Record, AppError> {
    let before = work.load(&ALERT, id)?;
    require_write(work.actor)?;
    work.actor.require(work.tx, Action::Transition, &before)?;
    require_live(&before)?;
    Ok(before)
}

/// Takes a step on an alert; see [`App::step_alert`].
pub fn take(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    step: &AlertStep,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let before = load(work, id)?;
    require_version(&before, expected)?;
    let state = alert::STATE.get(&before);
    let is_possible = match step {
        AlertStep::Acknowledge { .. } => ["active", "snoozed"].contains(&state),
        AlertStep::Snooze { .. } => state != "resolved",
        AlertStep::Reopen { .. } => ["acknowledged", "snoozed"].contains(&state),
    };
    if !is_possible {
        let state = choices::word(ALERT_STATES, state).within();
        return Err(AppError::conflict(message!("This alert is {state} already.", state)));
    }
    let mut record = before.clone();
    let (AlertStep::Acknowledge { note } | AlertStep::Snooze { note, .. } | AlertStep::Reopen { note }) =
        step;
    alert::SNOOZED_UNTIL.clear(&mut record);
    match step {
        AlertStep::Acknowledge { .. } => acknowledge(work, &mut record),
        AlertStep::Snooze { until, .. } => {
            let last = work.today.saturating_add(1.year());
            if *until <= work.today || *until > last {
                let first = work.today.tomorrow().unwrap_or(work.today);
                let message = message!(
                    "Must be a date from {first} to {last}.",
                    first = Word::text(first.to_string()),
                    last = Word::text(last.to_string())
                );
                return Err(AppError::Invalid(vec![actions::UNTIL.error("range", message)]));
            }
            alert::STATE.set(&mut record, "snoozed");
            alert::SNOOZED_UNTIL.set(&mut record, *until);
        }
        AlertStep::Reopen { .. } => alert::STATE.set(&mut record, "active"),
    }
    if !note.is_empty() {
        alert::NOTE.set(&mut record, note.as_str());
    }
    note.clone_into(&mut work.note);
    work.save(&before, &mut record, step.action())?;
    reload(work, &record)
}

fn acknowledge(work: &UnitOfWork<'_, '_>, record: &mut Record) {
    alert::STATE.set(record, "acknowledged");
    alert::ACKNOWLEDGED_BY.set(record, work.actor.id);
    alert::ACKNOWLEDGED_AT.set(record, work.now);
}

/// Makes a task of an alert; see [`App::task_of_alert`].
pub fn make_task(work: &mut UnitOfWork<'_, '_>, id: Id, given: &TaskOfAlert) -> Result<Record, AppError> {
    let before = load(work, id)?;
    if alert::STATE.get(&before) == "resolved" {
        return Err(AppError::conflict("This alert is resolved already."));
    }
    if let Some(known) = alert::TASK.get(&before)
        && store::load(work.tx, &TASK, known)?.is_some_and(|task| !task.is_archived())
    {
        return Err(AppError::conflict("This alert has a task already."));
    }
    let title: String = given.title.clone().unwrap_or_else(|| before.title().to_owned());
    let subject = alert::SUBJECT.get(&before).filter(|link| ORIGINS.contains(&&*link.kind)).cloned();
    let assignee = given.assignee.or(work.actor.id);
    let mut input: Input = [
        task::TITLE.input(title.chars().take(200).collect::<String>()),
        task::DESCRIPTION.input(alert::DESCRIPTION.get(&before)),
        task::ASSIGNEES.input(assignee.into_iter().collect::<Vec<_>>()),
    ]
    .into_iter()
    .collect();
    if let Some(Link { kind, id }) = subject {
        input.extend([task::ORIGIN.input(Link { kind, id })]);
    }
    if let Some(day) = given.due_date {
        input.extend([task::DUE_DATE.input(day)]);
    }
    let made = records::create(work, &TASK, &input)?;
    let mut record = before.clone();
    alert::TASK.set(&mut record, made.id);
    if alert::STATE.get(&before) != "acknowledged" {
        acknowledge(work, &mut record);
        alert::SNOOZED_UNTIL.clear(&mut record);
    }
    work.save(&before, &mut record, "acknowledge")?;
    Ok(made)
}
