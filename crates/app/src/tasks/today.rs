//! What a day begins with: my tasks, my events, what waits for me, what is late.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::Series;
use obcms_domain::calendar::{floating, unfloating};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{APPLICATION, EVENT, NEED, PPA, TASK};
use obcms_domain::registry::{Kind, Record};
use obcms_store::calendar::Window;
use obcms_store::records::{self, Archived, Directory, Filter, Order, Query, Scope, SortKey};
use obcms_store::tasks::today as store;
use obcms_store::{SqlValue, Tx};

use super::occurrences;
use crate::calendar;
use crate::core::{Actor, App, AppError, Visibility};
use crate::records::lists::{self, Parameters};

/// Tasks that the page shows at most; the list has the others.
const TASKS: i64 = 100;
/// Things of each part at the side; a link leads to the others.
const SHOWN: i64 = 5;

/// When something is due, as seen from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// Before today.
    Late,
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// Within this week.
    ThisWeek,
    /// After it, or without a date.
    Later,
}

impl Due {
    /// Every part of the page in its order.
    pub const ALL: [Self; 5] = [Self::Late, Self::Today, Self::Tomorrow, Self::ThisWeek, Self::Later];

    /// What people read.
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

    /// The part for a due date, in a week that ends with `week_end`.
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

/// The last day of the week that `today` is in.
#[must_use]
pub fn week_end(today: Date, week_start: &str) -> Date {
    let first = if week_start == "sunday" { Weekday::Sunday } else { Weekday::Monday };
    let passed = i64::from(today.weekday().since(first));
    today.saturating_add((6 - passed).days())
}

/// One event of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The event.
    pub event: Id,
    /// Original local start of one date of a series; empty otherwise.
    pub recurrence_id: String,
    /// What it is called.
    pub title: String,
    /// Its first day within the window.
    pub day: Date,
    /// When it begins; nothing for whole days and for what began on a day before.
    pub start: Option<Timestamp>,
    /// Where.
    pub location: String,
}

/// Things of one kind that wait for somebody, or are late.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What they wait for.
    pub label: &'static str,
    /// The list with all of them.
    pub href: String,
    /// How many there are.
    pub total: i64,
    /// The first of them.
    pub records: Vec<Record>,
}

/// A task of a person, or one date of a task that repeats.
#[derive(Clone, Debug)]
pub struct TodayTask {
    /// The task, as it is on the date.
    pub task: Record,
    /// Original start of one date of a series; empty otherwise.
    pub recurrence_id: String,
}

impl TodayTask {
    /// The duties of a task: itself, or of a series what of it is late, is due until `end`, or comes next.
    fn of(task: Record, today: Date, end: Date) -> Vec<Self> {
        match occurrences::to_do(&task, today, end) {
            Ok(dates) if !dates.is_empty() => dates
                .into_iter()
                .map(|date| Self { task: date.record, recurrence_id: date.recurrence_id })
                .collect(),
            // A series whose dates are all done waits for nobody; one that cannot be worked out stands as it is.
            Ok(_) if Series::of(&task).is_some() => Vec::new(),
            _ => vec![Self { task, recurrence_id: String::new() }],
        }
    }
}

/// The page of a day.
#[derive(Clone, Debug)]
pub struct Today {
    /// My open tasks, the first due first; of those that repeat the dates that matter now.
    pub tasks: Vec<TodayTask>,
    /// How many open tasks I have in all.
    pub total: i64,
    /// My events until the end of the week.
    pub events: Vec<Appointment>,
    /// What only goes on when I decide or do it.
    pub decisions: Vec<Queue>,
    /// What is late in what I answer for.
    pub late: Vec<Queue>,
    /// What the tasks point at.
    pub directory: Directory,
    /// The last day of this week.
    pub week_end: Date,
}

impl App {
    /// What concerns the actor today.
    pub fn today_of(&self, actor: &Actor) -> Result<Today, AppError> {
        let today = self.today();
        let end = week_end(today, &actor.week_start);
        let mine = self.list_request(
            actor,
            &TASK,
            &parameters(&[("mine", "true"), ("open", "true"), ("sort", "due_date"), ("limit", "100")]),
        )?;
        debug_assert_eq!(mine.limit, TASKS);
        let teams = self.list_request(actor, &TASK, &parameters(&LATE_OF_TEAMS))?;
        self.read(|tx| {
            let tasks = lists::list(tx, actor, &TASK, &mine)?;
            let mut late = Vec::new();
            if !actor.teams.is_empty() && actor.sight(&TASK).is_some() {
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
                decisions: decisions(tx, actor)?,
                late,
                tasks: duties(tasks.records, today, end),
                total: tasks.total,
                directory: tasks.directory,
                week_end: end,
            })
        })
    }

    /// The number of things that wait for the actor, as the bell shows it. Every page asks, so it is only counted.
    pub fn waiting(&self, actor: &Actor) -> Result<u32, AppError> {
        let scoped = to_decide(actor).into_iter().map(|list| Ok((actor.scope(list.kind)?, list)));
        let scoped = scoped.collect::<Result<Vec<_>, AppError>>()?;
        let queries: Vec<Query<'_>> =
            scoped.iter().map(|(scope, list)| list.query(scope.as_ref(), 0)).collect();
        let tasks = actor.sight(&TASK);
        let counts = self.read(|tx| Ok(store::waiting(tx, &queries, awaited(actor, tasks.as_ref()))?))?;
        Ok(u32::try_from(counts.iter().sum::<i64>()).unwrap_or(u32::MAX))
    }

    fn appointments(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        today: Date,
        end: Date,
    ) -> Result<Vec<Appointment>, AppError> {
        let Some(person) = actor.id.filter(|_| actor.sight(&EVENT).is_some()) else {
            return Ok(Vec::new());
        };
        let zone = self.zone().clone();
        let midnight = |day: Date| {
            day.to_zoned(zone.clone()).map_or_else(|_| floating(day), |midnight| midnight.timestamp())
        };
        let after = end.saturating_add(1.day());
        // Whole days stand at midnight UTC, times in their zone: both fit into the wider window.
        let from = midnight(today).min(floating(today));
        let until = midnight(after).max(floating(after));
        let mut found = Vec::new();
        let window = Window { start: from, end: until, first_day: from, after_last_day: until };
        let rows = store::events(tx, person, &window)?;
        for entry in calendar::expand(rows, &window, self.zone()) {
            // A single date of a series may be cancelled, or be for others.
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

/// A task as it is on the date that is to be done next, when it repeats.
fn as_open(task: Record, today: Date) -> Record {
    match occurrences::open_date(&task, today) {
        Ok(Some(date)) => date.record,
        _ => task,
    }
}

fn duties(tasks: Vec<Record>, today: Date, end: Date) -> Vec<TodayTask> {
    let mut duties: Vec<TodayTask> =
        tasks.into_iter().flat_map(|task| TodayTask::of(task, today, end)).collect();
    // Stable: what is due on the same day keeps its order.
    duties.sort_by_key(|duty| (duty.task.date("due_date").is_none(), duty.task.date("due_date")));
    duties
}

const LATE_OF_TEAMS: [(&str, &str); 4] =
    [("my_teams", "true"), ("overdue", "true"), ("sort", "due_date"), ("limit", "5")];

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A list of which a pile shows the first records.
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
        Query {
            kind: self.kind,
            filters: self.filters.clone(),
            words: Vec::new(),
            scope,
            archived: Archived::Without,
            order: Order { key, descending: false },
            after: None,
            limit,
            counted: true,
        }
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

/// The lists of what only goes on when the actor decides it.
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
    } else if let (Some(person), Some(_)) = (actor.id, actor.sight(&APPLICATION)) {
        applications.push(Filter::OneOf("reviewer".to_owned(), vec![SqlValue::Id(person)]));
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

/// The person for whose tasks others may wait; `tasks` is how far they see.
fn awaited<'a>(actor: &Actor, tasks: Option<&'a Visibility>) -> Option<store::Awaited<'a>> {
    Some(store::Awaited { person: actor.id?, scope: tasks?.scope() })
}

/// What only goes on when the actor decides or does it.
fn decisions(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Queue>, AppError> {
    let mut piles = Vec::new();
    for list in to_decide(actor) {
        piles.push(list.read(tx, actor)?);
    }
    let tasks = actor.sight(&TASK);
    if let Some(by) = awaited(actor, tasks.as_ref()) {
        let total = store::waiting(tx, &[], Some(by))?.iter().sum();
        let shown = if total > 0 { store::first_waited_for(tx, by, SHOWN)? } else { Vec::new() };
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

/// PPAs that should be complete, for those who answer for the programme.
fn late_ppas(tx: &mut Tx<'_>, actor: &Actor, today: Date) -> Result<Option<Queue>, AppError> {
    let answers = actor.may(Action::Transition, PPA.area) || actor.may(Action::ExecutiveApproval, PPA.area);
    if !answers {
        return Ok(None);
    }
    let filters = vec![
        one_of("status", &["planning", "ongoing", "on_hold"]),
        Filter::Below("target_end_date".to_owned(), SqlValue::Date(today)),
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
    fn a_week_ends_where_the_person_lets_it_begin() {
        let wednesday = date(2026, 12, 16);
        assert_eq!(week_end(wednesday, "monday"), date(2026, 12, 20));
        assert_eq!(week_end(wednesday, "sunday"), date(2026, 12, 19));
        assert_eq!(week_end(date(2026, 12, 20), "monday"), date(2026, 12, 20));
        assert_eq!(week_end(date(2026, 12, 20), "sunday"), date(2026, 12, 26));
    }

    #[test]
    fn a_due_date_has_its_part_of_the_page() {
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
