//! Today page: my tasks, my events, decisions that wait for me, and late work.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::Series;
use obcms_domain::calendar::{floating, unfloating};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{APPLICATION, EVENT, NEED, PPA, TASK, application, ppa, task};
use obcms_domain::registry::{Kind, Record};
use obcms_store::calendar::Window;
use obcms_store::records::{self, Directory, Filter, Order, Query, Scope, SortKey};
use obcms_store::tasks::today as store;
use obcms_store::{SqlValue, Tx};

use super::occurrences;
use crate::calendar;
use crate::core::{Actor, App, AppError, Visibility};
use crate::records::lists::{self, Parameters};

/// Maximum number of tasks on the page; the list shows the others.
const TASKS: i64 = 100;
/// Records of each queue in the sidebar; a link leads to the others.
const SHOWN: i64 = 5;

/// Due date relative to today, a section of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// Due before today.
    Late,
    /// Due today.
    Today,
    /// Due tomorrow.
    Tomorrow,
    /// Due within this week.
    ThisWeek,
    /// Due after this week, or without a date.
    Later,
}

impl Due {
    /// All sections in the order of the page.
    pub const ALL: [Self; 5] = [Self::Late, Self::Today, Self::Tomorrow, Self::ThisWeek, Self::Later];

    /// Returns the heading of the section.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Late => "Late",
            Self::Today => "Today",
            Self::Tomorrow => "Tomorrow",
            Self::ThisWeek => "This week",
            Self::Later => "Later",
        }
    }

    /// Returns the section of a due date, in a week that ends with `week_end`.
    #[must_use]
    pub fn of(due: Option<Date>, today: Date, week_end: Date) -> Self {
        match due {
            Some(due) if due < today => Self::Late,
            Some(due) if due == today => Self::Today,
            Some(due) if today.tomorrow().is_ok_and(|next| next == due) => Self::Tomorrow,
            Some(due) if due <= week_end => Self::ThisWeek,
            _ => Self::Later,
        }
    }
}

/// Returns the last day of the week that contains `today`.
#[must_use]
pub fn week_end(today: Date, week_start: &str) -> Date {
    let first = if week_start == "sunday" { Weekday::Sunday } else { Weekday::Monday };
    let passed = i64::from(today.weekday().since(first));
    today.saturating_add((6 - passed).days())
}

/// Event of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Id of the event.
    pub event: Id,
    /// Recurrence id of an occurrence of a series; empty otherwise.
    pub recurrence_id: String,
    /// Title of the event.
    pub title: String,
    /// First day within the window.
    pub day: Date,
    /// Start time; nothing for all-day events and for those that began on an earlier day.
    pub start: Option<Timestamp>,
    /// Location of the event.
    pub location: String,
}

/// Queue of records of one kind that wait for a person, or are late.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Heading of the queue.
    pub label: &'static str,
    /// Address of the list with all of them.
    pub href: String,
    /// Number of all of them.
    pub total: i64,
    /// First records.
    pub records: Vec<Record>,
}

/// Task of a person, or one occurrence of a repeating task.
#[derive(Clone, Debug)]
pub struct TodayTask {
    /// Task with the values of the occurrence.
    pub task: Record,
    /// Recurrence id of an occurrence of a series; empty otherwise.
    pub recurrence_id: String,
}

impl TodayTask {
    /// Returns the task itself, or for a series its occurrences that are late, due until `end`, or next.
    fn of(task: Record, today: Date, end: Date) -> Vec<Self> {
        match occurrences::open_occurrences(&task, today, end) {
            Ok(dates) if !dates.is_empty() => dates
                .into_iter()
                .map(|date| Self { task: date.record, recurrence_id: date.recurrence_id })
                .collect(),
            // A series without open occurrences is left out; one that cannot be expanded is shown unchanged.
            Ok(_) if Series::of(&task).is_some() => Vec::new(),
            _ => vec![Self { task, recurrence_id: String::new() }],
        }
    }
}

/// Content of the today page.
#[derive(Clone, Debug)]
pub struct Today {
    /// Open tasks of the actor, first due first; for repeating ones the relevant occurrences.
    pub tasks: Vec<TodayTask>,
    /// Number of all open tasks of the actor.
    pub total: i64,
    /// Events of the actor until the end of the week.
    pub events: Vec<Appointment>,
    /// Queues that wait for a decision or action of the actor.
    pub decisions: Vec<Queue>,
    /// Queues of late records that the actor is responsible for.
    pub late: Vec<Queue>,
    /// Titles of the records that the tasks refer to.
    pub directory: Directory,
    /// Last day of this week.
    pub week_end: Date,
}

impl App {
    /// Returns the today page of the actor.
    pub fn today_of(&self, actor: &Actor) -> Result<Today, AppError> {
        let today = self.today();
        let end = week_end(today, &actor.week_start);
        let mine = self.list_request(
            actor,
            &TASK,
            &parameters(&[("mine", "true"), ("open", "true"), ("sort", "due_date"), ("limit", "100")]),
        )?;
        assert_eq!(mine.limit, TASKS, "the limit of the request above");
        let teams = self.list_request(actor, &TASK, &parameters(&LATE_OF_TEAMS))?;
        self.read(|tx| {
            let tasks = lists::list(tx, actor, &TASK, &mine)?;
            let mut late = Vec::new();
            if !actor.teams.is_empty() && actor.visibility(&TASK).is_some() {
                let listing = lists::list(tx, actor, &TASK, &teams)?;
                late.push(Queue {
                    label: "Tasks of my teams",
                    href: "/tasks?my_teams=true&overdue=true".to_owned(),
                    total: listing.total,
                    records: listing.records.into_iter().map(|task| as_open(task, today)).collect(),
                });
            }
            late.extend(late_ppas(tx, actor, today)?);
            late.retain(|pile| pile.total > 0);
            Ok(Today {
                events: self.appointments(tx, actor, today, end)?,
                decisions: decisions(self, tx, actor)?,
                late,
                tasks: duties(tasks.records, today, end),
                total: tasks.total,
                directory: tasks.directory,
                week_end: end,
            })
        })
    }

    /// Returns the number of records that wait for the actor, for the bell. Every page requests it, so they are only
    /// counted.
    pub fn count_waiting(&self, actor: &Actor) -> Result<u32, AppError> {
        let scoped = to_decide(actor).into_iter().map(|list| Ok((actor.scope(list.kind)?, list)));
        let scoped = scoped.collect::<Result<Vec<_>, AppError>>()?;
        let queries: Vec<Query<'_>> =
            scoped.iter().map(|(scope, list)| list.query(scope.as_ref(), 0)).collect();
        let tasks = actor.visibility(&TASK);
        let (counts, waiting) = self.read(|tx| {
            let counts = store::waiting(tx, &queries, blocker(actor, tasks.as_ref()))?;
            Ok((counts, self.attention(tx, actor)?))
        })?;
        let waiting = waiting.iter().map(|(_, waiting)| waiting.records.len()).sum::<usize>();
        let total = counts.iter().sum::<i64>().saturating_add(i64::try_from(waiting).unwrap_or(i64::MAX));
        Ok(u32::try_from(total).unwrap_or(u32::MAX))
    }

    fn appointments(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        today: Date,
        end: Date,
    ) -> Result<Vec<Appointment>, AppError> {
        let Some(person) = actor.id.filter(|_| actor.visibility(&EVENT).is_some()) else {
            return Ok(Vec::new());
        };
        let zone = self.zone().clone();
        let midnight = |day: Date| {
            day.to_zoned(zone.clone()).map_or_else(|_| floating(day), |midnight| midnight.timestamp())
        };
        let after = end.saturating_add(1.day());
        // All-day events are stored at midnight UTC, times in their zone: the wider window covers both.
        let from = midnight(today).min(floating(today));
        let until = midnight(after).max(floating(after));
        let mut found = Vec::new();
        let window = Window { start: from, end: until, first_day: from, after_last_day: until };
        let rows = store::events(tx, person, &window)?;
        for entry in calendar::expand(rows, &window, self.zone()) {
            // A single occurrence of a series may be cancelled, or have other people.
            if &*entry.status == "cancelled" || !entry.people.contains(&person) {
                continue;
            }
            let (first, last) = if entry.all_day {
                (unfloating(entry.start), unfloating(entry.end).saturating_sub(1.day()))
            } else {
                let last = entry.end.checked_sub(1.second()).unwrap_or(entry.end).max(entry.start);
                (entry.start.to_zoned(zone.clone()).date(), last.to_zoned(zone.clone()).date())
            };
            if last < today || first > end {
                continue;
            }
            found.push(Appointment {
                event: entry.record_id,
                recurrence_id: entry.recurrence_id.to_string(),
                title: entry.title.to_string(),
                day: first.max(today),
                start: (!entry.all_day && first >= today).then_some(entry.start),
                location: entry.location.to_string(),
            });
        }
        found.sort_by_key(|entry| (entry.day, entry.start));
        Ok(found)
    }
}

/// Returns a repeating task as it is at the occurrence to do next; any other task unchanged.
fn as_open(task: Record, today: Date) -> Record {
    match occurrences::open_date(&task, today) {
        Ok(Some(date)) => date.record,
        _ => task,
    }
}

fn duties(tasks: Vec<Record>, today: Date, end: Date) -> Vec<TodayTask> {
    let mut duties: Vec<TodayTask> =
        tasks.into_iter().flat_map(|task| TodayTask::of(task, today, end)).collect();
    // Stable: tasks due on the same day keep their order.
    duties.sort_by_key(|duty| (task::DUE_DATE.get(&duty.task).is_none(), task::DUE_DATE.get(&duty.task)));
    duties
}

const LATE_OF_TEAMS: [(&str, &str); 4] =
    [("my_teams", "true"), ("overdue", "true"), ("sort", "due_date"), ("limit", "5")];

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// List of which a queue shows the first records.
struct PileList {
    label: &'static str,
    href: String,
    kind: &'static Kind,
    filters: Vec<Filter>,
    sort: &'static str,
}

impl PileList {
    fn query<'a>(&self, scope: Option<&'a Scope>, limit: i64) -> Query<'a> {
        let key = self.kind.field(self.sort).map_or(SortKey::Common("created_at"), SortKey::Field);
        let order = Order { key, descending: false };
        Query { order, counted: true, ..Query::first(self.kind, self.filters.clone(), scope, limit) }
    }

    fn read(self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Queue, AppError> {
        let scope = actor.scope(self.kind)?;
        let page = records::list(tx, &self.query(scope.as_ref(), SHOWN))?;
        Ok(Queue {
            label: self.label,
            total: page.total.unwrap_or(0),
            records: page.records,
            href: self.href,
        })
    }
}

/// Returns the lists of records that wait for a decision of the actor.
fn to_decide(actor: &Actor) -> Vec<PileList> {
    let mut lists = Vec::new();
    if actor.may(Action::Transition, NEED.area) {
        lists.push(PileList {
            label: "Needs to validate",
            href: "/needs?status=identified".to_owned(),
            kind: &NEED,
            filters: vec![one_of("status", &["identified"])],
            sort: "created_at",
        });
    }
    let mut applications = vec![one_of("status", &["submitted", "under_review"])];
    let mut href = "/applications?status=submitted,under_review".to_owned();
    let may_review = if actor.may(Action::Transition, APPLICATION.area) {
        true
    } else if let (Some(person), Some(_)) = (actor.id, actor.visibility(&APPLICATION)) {
        applications.push(Filter::OneOf(application::REVIEWER.name().to_owned(), vec![SqlValue::Id(person)]));
        href.push_str(&format!("&reviewer={person}"));
        true
    } else {
        false
    };
    if may_review {
        lists.push(PileList {
            label: "Applications to review",
            href,
            kind: &APPLICATION,
            filters: applications,
            sort: "created_at",
        });
    }
    lists
}

/// Returns the person for whose tasks others may wait; `tasks` is the visibility of tasks.
fn blocker<'a>(actor: &Actor, tasks: Option<&'a Visibility>) -> Option<store::Blocker<'a>> {
    Some(store::Blocker { person: actor.id?, scope: tasks?.scope() })
}

/// Returns the queues that wait for a decision or action of the actor.
fn decisions(app: &App, tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Queue>, AppError> {
    let mut piles = Vec::new();
    for (kind, waiting) in app.attention(tx, actor)?.iter() {
        let shown: Vec<Id> =
            waiting.records.iter().copied().take(usize::try_from(SHOWN).unwrap_or(0)).collect();
        let mut records = records::load_many(tx, kind, &shown)?;
        records.sort_by_key(|record| shown.iter().position(|id| *id == record.id));
        piles.push(Queue {
            label: waiting.label,
            href: waiting.href.to_owned(),
            total: i64::try_from(waiting.records.len()).unwrap_or(i64::MAX),
            records,
        });
    }
    for list in to_decide(actor) {
        piles.push(list.read(tx, actor)?);
    }
    let tasks = actor.visibility(&TASK);
    if let Some(by) = blocker(actor, tasks.as_ref()) {
        let total = store::waiting(tx, &[], Some(by))?.iter().sum();
        let shown = if total > 0 { store::first_blocking(tx, by, SHOWN)? } else { Vec::new() };
        piles.push(Queue {
            label: "Tasks that block others",
            href: "/tasks?mine=true&open=true".to_owned(),
            total,
            records: records::load_many(tx, &TASK, &shown)?,
        });
    }
    piles.retain(|pile| pile.total > 0);
    Ok(piles)
}

/// Returns the queue of late PPAs, for actors responsible for the programme.
fn late_ppas(tx: &mut Tx<'_>, actor: &Actor, today: Date) -> Result<Option<Queue>, AppError> {
    let answers = actor.may(Action::Transition, PPA.area) || actor.may(Action::ExecutiveApproval, PPA.area);
    if !answers {
        return Ok(None);
    }
    let filters = vec![
        one_of("status", &["planning", "ongoing", "on_hold"]),
        Filter::Below(ppa::TARGET_END_DATE.name().to_owned(), SqlValue::Date(today)),
    ];
    let yesterday = today.saturating_sub(1.day());
    let list = PileList {
        label: "PPAs past their target end",
        href: format!("/ppas?status=planning,ongoing,on_hold&target_end_date_to={yesterday}"),
        kind: &PPA,
        filters,
        sort: "target_end_date",
    };
    Ok(Some(list.read(tx, actor)?))
}

fn one_of(column: &str, values: &[&str]) -> Filter {
    Filter::OneOf(column.to_owned(), values.iter().map(|value| SqlValue::from(*value)).collect())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn week_ends_before_the_week_start_of_the_person() {
        let wednesday = date(2026, 12, 16);
        assert_eq!(week_end(wednesday, "monday"), date(2026, 12, 20));
        assert_eq!(week_end(wednesday, "sunday"), date(2026, 12, 19));
        assert_eq!(week_end(date(2026, 12, 20), "monday"), date(2026, 12, 20));
        assert_eq!(week_end(date(2026, 12, 20), "sunday"), date(2026, 12, 26));
    }

    #[test]
    fn due_date_falls_into_its_section() {
        let today = date(2026, 12, 16);
        let end = date(2026, 12, 20);
        for (day, part) in
            [(15, Due::Late), (16, Due::Today), (17, Due::Tomorrow), (20, Due::ThisWeek), (21, Due::Later)]
        {
            assert_eq!(Due::of(Some(date(2026, 12, day)), today, end), part);
        }
        assert_eq!(Due::of(None, today, end), Due::Later);
    }
}
