//! Tasks on a time axis: dates, baseline, progress and dependencies of a selection.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_store::records::Directory;
use serde::Serialize;

use crate::core::{Actor, App, AppError};
use crate::holidays::days_off;
use crate::records::lists::{self, MAXIMUM_LIMIT, Parameters};

/// Tasks on a time axis.
#[derive(Clone, Debug)]
pub struct Gantt {
    /// Tasks by their first day; those without a date come last.
    pub tasks: Vec<Record>,
    /// Dependencies among the tasks.
    pub links: Vec<Link>,
    /// Titles of the records that they refer to.
    pub directory: Directory,
    /// Number of all tasks of the selection; more than there are here when it is too large.
    pub total: i64,
    /// First and last day of the axis, in whole weeks.
    pub span: (Date, Date),
    /// Holidays of the axis on weekdays.
    pub holidays: Vec<Date>,
}

/// Dependency between two tasks of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Prerequisite.
    pub from: Id,
    /// Dependent.
    pub to: Id,
    /// Working days between them.
    pub lag_days: i64,
}

/// Weeks shown when no task has a date.
const EMPTY_WEEKS: i64 = 6;
/// Days of the axis at most: dates typed with a wrong year do not stretch it over centuries.
const MOST_DAYS: i64 = 5 * 366;

/// Returns the first day of a task, and its last one.
#[must_use]
pub fn days(task: &Record) -> Option<(Date, Date)> {
    let due = task::DUE_DATE.get(task);
    let first = task::START_DATE.get(task).or(due)?;
    Some((first, due.unwrap_or(first).max(first)))
}

impl App {
    /// Returns the tasks that the parameters of a list select, at most 500.
    pub fn gantt(&self, actor: &Actor, parameters: &Parameters) -> Result<Gantt, AppError> {
        let mut request = self.list_request(actor, &TASK, parameters)?;
        request.limit = MAXIMUM_LIMIT;
        let today = self.today();
        self.read(|tx| {
            let listing = lists::list(tx, actor, &TASK, &request)?;
            let mut tasks = listing.records;
            tasks.sort_by_cached_key(|task| {
                let days = days(task);
                (days.is_none(), days, task.id)
            });
            let shown: HashSet<Id> = tasks.iter().map(|task| task.id).collect();
            let link = |to: &Record, from: &Id| {
                let lag_days = task::LAG_DAYS.get(to).unwrap_or(0);
                Link { from: *from, to: to.id, lag_days }
            };
            let links = tasks
                .iter()
                .flat_map(|task| task::DEPENDS_ON.get(task).iter().map(move |from| link(task, from)))
                .filter(|link| shown.contains(&link.from))
                .collect();
            let span = span(&tasks, today);
            let off = days_off(tx, span.0, span.1)?;
            Ok(Gantt {
                links,
                directory: listing.directory,
                total: listing.total,
                span,
                holidays: off.into_keys().collect(),
                tasks,
            })
        })
    }
}

/// Returns the axis around the dates of the tasks and today, in whole weeks from Monday.
fn span(tasks: &[Record], today: Date) -> (Date, Date) {
    let mut dates: Vec<Date> =
        tasks.iter().filter_map(days).flat_map(|(first, last)| [first, last]).collect();
    dates.extend(tasks.iter().filter_map(|task| task::BASELINE_DUE.get(task)));
    dates.sort_unstable();
    let near = |day: Date| {
        day.max(today.saturating_sub((MOST_DAYS / 2).days()))
            .min(today.saturating_add((MOST_DAYS / 2).days()))
    };
    let first = near(dates.first().copied().unwrap_or(today).min(today));
    let last =
        near(dates.last().copied().unwrap_or_else(|| today.saturating_add(EMPTY_WEEKS.weeks())).max(today));
    let back = i64::from(first.weekday().to_monday_zero_offset());
    let ahead = 6 - i64::from(last.weekday().to_monday_zero_offset());
    (first.saturating_sub(back.days()), last.saturating_add((ahead + 7).days()))
}
