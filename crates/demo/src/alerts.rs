//! Alerts: the weekly look of the job, and what people did about some of them.

use jiff::ToSpan;
use obcms_app::alerts::{AlertStep, TaskOfAlert, check, make_task, take};
use obcms_app::{AppError, UnitOfWork};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ALERT, alert};
use obcms_store::alerts as store;
use obcms_store::records;

use crate::days;
use crate::world::{PROGRAM, World};

/// Days between two looks at all alerts. The job of a program that runs looks every night.
const EVERY: i64 = 7;

/// Plans the looks at the alerts, the last one in the last night, and steps on some alerts in the last days.
pub fn plan(world: &mut World) {
    let mut day = days::plus(world.today, -1);
    while day > world.first_day {
        let when = days::at(&world.zone, day, 5);
        world.schedule(when, PROGRAM, |_, work| check(work).map(|_| ()));
        day = days::plus(day, -EVERY);
    }
    let Some(person) = world.known.get("coordinator").copied() else { return };
    for (back, step) in [(4, Step::Acknowledge), (3, Step::Snooze), (2, Step::Task), (1, Step::Acknowledge)] {
        let when = days::at(&world.zone, days::plus(world.today, -back), 9 * 60 + 10);
        world.schedule(when, person, move |_, work| step.take(work));
    }
}

#[derive(Clone, Copy)]
enum Step {
    Acknowledge,
    Snooze,
    Task,
}

impl Step {
    /// Takes the step on the oldest alerts that are active.
    fn take(self, work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
        let due = work.today.saturating_add(9.days());
        for id in oldest(work)? {
            match self {
                Self::Acknowledge => {
                    let note = "The manager knows of it.".to_owned();
                    take(work, id, &AlertStep::Acknowledge { note }, None)?;
                }
                Self::Snooze => {
                    take(work, id, &AlertStep::Snooze { until: due, note: String::new() }, None)?;
                }
                Self::Task => {
                    let given = TaskOfAlert { due_date: Some(due), ..TaskOfAlert::default() };
                    make_task(work, id, &given)?;
                }
            }
        }
        Ok(())
    }
}

/// Returns the two oldest active alerts about PPAs.
fn oldest(work: &mut UnitOfWork<'_, '_>) -> Result<Vec<Id>, AppError> {
    let ids = store::unresolved(work.tx, "ppa", None)?;
    let mut alerts = records::load_many(work.tx, &ALERT, &ids)?;
    alerts.retain(|record| alert::STATE.get(record) == "active");
    alerts.sort_by_key(|record| (record.created_at, record.id));
    Ok(alerts.iter().take(2).map(|record| record.id).collect())
}
