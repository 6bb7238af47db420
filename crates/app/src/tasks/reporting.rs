//! Progress of tasks by person, team, template and more; burn-up of a PPA. What each figure counts stands in
//! `docs/progress.md`.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::choices::{Choice, PRIORITIES, TASK_DOMAINS, TASK_PHASES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, TASK, task};
use obcms_domain::registry::{FieldError, parse_date};
use obcms_domain::tasks::workload::monday;
use obcms_store::records::Directory;
use obcms_store::tasks::reporting as store;

pub use obcms_store::tasks::reporting::{ProgressGroup, ProgressRow};

use crate::core::{Actor, App, AppError};
use crate::records::references;

/// Days of the default period, up to today.
const DEFAULT_DAYS: i64 = 90;
/// Longest period in days.
const LONGEST: i32 = 3660;
/// Points of a burn-up at most.
const POINTS: usize = 260;

/// Groups with the name of the parameter, the field of the list of tasks, and the label.
pub const GROUPS: [(&str, &str, &str, ProgressGroup); 6] = [
    ("person", task::ASSIGNEES.name(), "Person", ProgressGroup::Person),
    ("team", task::TEAMS.name(), "Team", ProgressGroup::Team),
    ("domain", task::DOMAIN.name(), "Domain", ProgressGroup::Domain),
    ("template", task::TEMPLATE.name(), "Template", ProgressGroup::Template),
    ("phase", task::PHASE.name(), "Phase", ProgressGroup::Phase),
    ("priority", "priority", "Priority", ProgressGroup::Priority),
];

/// Parses the day of a parameter; without a value, and for a wrong one, it is the default.
pub(super) fn day(text: &str, name: &str, default: Date, errors: &mut Vec<FieldError>) -> Date {
    if text.is_empty() {
        return default;
    }
    // Within the years of all dates: a database has no others.
    parse_date(text).unwrap_or_else(|_| {
        errors.push(FieldError::new(name, "format", "Must be a date such as 2027-06-15."));
        default
    })
}

/// Requested report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressRequest {
    /// First due date.
    pub start: Date,
    /// Last due date.
    pub end: Date,
    /// Grouping.
    pub by: ProgressGroup,
}

impl ProgressRequest {
    /// Parses the parameters; by default the last 90 days by person.
    pub fn parse(get: impl Fn(&str) -> String, today: Date) -> Result<Self, AppError> {
        let mut errors = Vec::new();
        let mut day = |name: &str, default: Date| day(&get(name), name, default, &mut errors);
        let end = day("end", today);
        let start = day("start", end.saturating_sub((DEFAULT_DAYS - 1).days()));
        let by = match get("by").as_str() {
            "" => ProgressGroup::Person,
            name => GROUPS.into_iter().find(|(known, ..)| *known == name).map_or_else(
                || {
                    let message = "Must be person, team, domain, template, phase or priority.";
                    errors.push(FieldError::new("by", "choice", message));
                    ProgressGroup::Person
                },
                |(.., group)| group,
            ),
        };
        if start > end {
            errors.push(FieldError::new("end", "range", "Must not be before the start."));
        } else if start.until(end).map_or(i32::MAX, |span| span.get_days()) > LONGEST {
            errors.push(FieldError::new("end", "range", "The period can have at most ten years."));
        }
        if errors.is_empty() { Ok(Self { start, end, by }) } else { Err(AppError::BadParameter(errors)) }
    }

    /// Returns the name of the grouping in addresses.
    #[must_use]
    pub fn by_name(&self) -> &'static str {
        GROUPS.into_iter().find(|(.., group)| *group == self.by).map_or("person", |(name, ..)| name)
    }

    /// Returns the address of the list with the tasks of a group that also have these values.
    #[must_use]
    pub fn tasks(&self, key: Option<&str>, more: &str) -> String {
        let mut address = format!("/tasks?due_date_from={}&due_date_to={}", self.start, self.end);
        if !more.contains("status=") && !more.contains("overdue=") {
            address.push_str("&status=not_started,in_progress,on_hold,completed");
        }
        if let Some(key) = key {
            let field =
                GROUPS.into_iter().find(|(.., group)| *group == self.by).map_or("", |(_, field, ..)| field);
            address.push_str(&format!("&{field}={}", if key.is_empty() { "none" } else { key }));
        }
        if !more.is_empty() {
            address.push('&');
            address.push_str(more);
        }
        address
    }
}

/// Report of progress.
#[derive(Clone, Debug)]
pub struct ProgressReport {
    /// Request.
    pub request: ProgressRequest,
    /// All tasks together.
    pub total: ProgressRow,
    /// Groups, the largest first.
    pub rows: Vec<ProgressRow>,
    /// Names of people, teams and templates.
    pub directory: Directory,
}

impl ProgressReport {
    /// Returns the key of a row in addresses; empty for tasks without one.
    #[must_use]
    pub fn key(row: &ProgressRow) -> String {
        row.id.map_or_else(|| row.value.clone(), |id| id.to_string())
    }

    /// Returns the label of a row, or nothing for tasks without a person, team or value.
    #[must_use]
    pub fn label(&self, row: &ProgressRow) -> Option<String> {
        let of = |choices: &[Choice]| {
            choices.iter().find(|choice| choice.value == row.value).map(|choice| choice.label.to_owned())
        };
        match self.request.by {
            ProgressGroup::Domain => of(TASK_DOMAINS),
            ProgressGroup::Phase => of(TASK_PHASES),
            ProgressGroup::Priority => of(PRIORITIES),
            _ => row.id.and_then(|id| self.directory.get(&id)).map(|found| found.title.clone()),
        }
    }
}

/// Share of two counts, nothing of none.
#[must_use]
#[allow(clippy::cast_precision_loss)] // Counts are far below 2^53.
pub fn share(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// Point of a burn-up, in hundredths of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurnPoint {
    /// Last day of the week, or today.
    pub day: Date,
    /// Weight of all tasks that existed.
    pub scope: i64,
    /// Weight of those that were completed.
    pub completed: i64,
}

impl App {
    /// Returns the progress of the tasks that are due in a period, as far as the actor sees them.
    pub fn task_progress(&self, actor: &Actor, request: ProgressRequest) -> Result<ProgressReport, AppError> {
        let scope = actor.scope(&TASK)?;
        let period = (request.start, request.end.saturating_add(1.day()));
        let today = self.today();
        self.read(|tx| {
            let all = store::progress(tx, ProgressGroup::All, period, today, scope.as_ref())?;
            let mut rows = store::progress(tx, request.by, period, today, scope.as_ref())?;
            rows.sort_by_cached_key(|row| {
                let key = ProgressReport::key(row);
                (key.is_empty(), std::cmp::Reverse(row.total), key)
            });
            let ids: Vec<Id> = rows.iter().filter_map(|row| row.id).collect();
            let directory = references::visible(tx, actor, &ids)?;
            let total = all.into_iter().next().unwrap_or_default();
            Ok(ProgressReport { request, total, rows, directory })
        })
    }

    /// Returns the burn-up of a PPA by week: scope and completed weight of its tasks.
    pub fn burn_up(&self, actor: &Actor, ppa: Id) -> Result<Vec<BurnPoint>, AppError> {
        self.get(actor, &PPA, ppa)?;
        let scope = actor.scope(&TASK)?;
        let tasks = self.read(|tx| Ok(store::burn_tasks(tx, ppa, scope.as_ref())?))?;
        let dated: Vec<(Date, i64, Option<Date>)> = tasks
            .iter()
            .map(|task| {
                let created = task.created_at.to_zoned(self.zone().clone()).date();
                (created, task.weight, task.completed_on)
            })
            .collect();
        Ok(points(&dated, self.today()))
    }
}

/// Returns the points of a burn-up at the end of each week, from the week before the first task to today. Each task is
/// its day of creation, weight and day of completion.
fn points(tasks: &[(Date, i64, Option<Date>)], today: Date) -> Vec<BurnPoint> {
    // A task that was imported as completed may be older than its record.
    let begun = |task: &(Date, i64, Option<Date>)| task.2.map_or(task.0, |done| task.0.min(done));
    let Some(first) = tasks.iter().map(begun).min().filter(|first| *first <= today) else {
        return Vec::new();
    };
    let weeks = monday(first).until(today).map_or(0, |span| span.get_days()) / 7 + 1;
    // Long PPAs have a point every few weeks.
    let step = i64::from(weeks).div_euclid(i64::try_from(POINTS).unwrap_or(1)) + 1;
    let mut days: Vec<Date> = vec![monday(first).saturating_sub(1.day())];
    while let Some(last) = days.last().copied().filter(|last| *last < today) {
        days.push(last.saturating_add((7 * step).days()).min(today));
    }
    days.into_iter()
        .map(|day| BurnPoint {
            day,
            scope: tasks.iter().filter(|task| begun(task) <= day).map(|task| task.1).sum(),
            completed: tasks
                .iter()
                .filter(|task| task.2.is_some_and(|done| done <= day))
                .map(|task| task.1)
                .sum(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn burn_up_counts_scope_and_completed_weight_by_week() {
        let tasks = [
            (date(2027, 3, 2), 100, Some(date(2027, 3, 10))),
            (date(2027, 3, 9), 300, None),
            // Imported later than it was completed.
            (date(2027, 3, 20), 100, Some(date(2027, 3, 5))),
        ];
        let points = points(&tasks, date(2027, 3, 16));
        let shown: Vec<(i8, i64, i64)> =
            points.iter().map(|point| (point.day.day(), point.scope, point.completed)).collect();
        assert_eq!(shown, [(28, 0, 0), (7, 200, 100), (14, 500, 200), (16, 500, 200)]);
        assert!(super::points(&[], date(2027, 3, 16)).is_empty());
        let long = super::points(&[(date(2007, 3, 2), 100, None)], date(2027, 3, 16));
        assert!(long.len() <= POINTS + 2 && long.last().is_some_and(|point| point.day == date(2027, 3, 16)));
    }

    #[test]
    fn request_has_defaults_and_refuses_a_wrong_period() {
        let today = date(2027, 3, 31);
        let request = ProgressRequest::parse(|_| String::new(), today).expect("defaults");
        assert_eq!((request.start, request.end, request.by_name()), (date(2027, 1, 1), today, "person"));
        let wrong = |name: &str| match name {
            "start" => "2027-05-01".to_owned(),
            "by" => "shape".to_owned(),
            _ => String::new(),
        };
        let Err(AppError::BadParameter(errors)) = ProgressRequest::parse(wrong, today) else {
            panic!("accepted");
        };
        assert_eq!(errors.len(), 2);
    }
}
