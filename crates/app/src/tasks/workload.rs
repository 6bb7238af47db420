//! Workload: remaining hours of open tasks by person and week, against the hours that the person has.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::calendar::floating;
use obcms_domain::calendar::series::{CLOSED_STATES, Series};
use obcms_domain::core::id::Id;
use obcms_domain::holidays::WorkingDays;
use obcms_domain::kinds::{TASK, TEAM, task, team};
use obcms_domain::registry::{FieldError, Record};
use obcms_domain::tasks::workload::{DAY, monday, remaining, spread};
use obcms_store::records::{self, Directory};
use obcms_store::tasks::reporting as store;

use super::reporting::day;
use crate::calendar::series::too_much;
use crate::core::{Actor, App, AppError};
use crate::holidays::working_days;
use crate::records::references;

/// Weeks shown by default.
const DEFAULT_WEEKS: i64 = 8;
/// Weeks of one report at most.
const MAXIMUM_WEEKS: i64 = 26;
/// Occurrences of one series in the window at most.
const OCCURRENCES: usize = 200;

/// Requested weeks and team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadRequest {
    /// Monday of the first week.
    pub start: Date,
    /// Sunday of the last week.
    pub end: Date,
    /// Team whose members are shown; everybody for none.
    pub team: Option<Id>,
}

impl WorkloadRequest {
    /// Parses the parameters; by default eight weeks from this one on.
    pub fn parse(get: impl Fn(&str) -> String, today: Date) -> Result<Self, AppError> {
        let mut errors = Vec::new();
        let mut day = |name: &str, default: Date| day(&get(name), name, default, &mut errors);
        let start = monday(day("start", today));
        let end =
            monday(day("end", start.saturating_add((7 * DEFAULT_WEEKS - 1).days()))).saturating_add(6.days());
        let team = match get("team").as_str() {
            "" => None,
            text => text.parse().map_or_else(
                |_| {
                    errors.push(FieldError::new("team", "type", "Must be the id of a team."));
                    None
                },
                Some,
            ),
        };
        let weeks = i64::from(start.until(end).map_or(0, |span| span.get_days())) / 7 + 1;
        if end < start {
            errors.push(FieldError::new("end", "range", "Must not be before the start."));
        } else if weeks > MAXIMUM_WEEKS {
            errors.push(FieldError::new("end", "range", "The period can have at most 26 weeks."));
        }
        if errors.is_empty() { Ok(Self { start, end, team }) } else { Err(AppError::BadParameter(errors)) }
    }

    /// Returns the Mondays of the weeks.
    pub fn weeks(&self) -> impl Iterator<Item = Date> {
        let end = self.end;
        self.start.series(7.days()).take_while(move |week| *week <= end)
    }
}

/// Work of one person in one week, in hundredths of hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeekLoad {
    /// Remaining hours of tasks.
    pub hours: i64,
    /// Hours that the person has.
    pub capacity: i64,
    /// Tasks with their hours in the week, the most first.
    pub tasks: Vec<(Id, i64)>,
}

impl WeekLoad {
    /// Returns true if there is more work than time.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.hours > self.capacity
    }
}

/// Work of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLoad {
    /// The person.
    pub person: Id,
    /// Weeks in order.
    pub weeks: Vec<WeekLoad>,
    /// Open tasks without estimated hours or without a due date, which are not counted.
    pub uncounted: usize,
}

impl PersonLoad {
    /// Returns the hours of all weeks.
    #[must_use]
    pub fn hours(&self) -> i64 {
        self.weeks.iter().map(|week| week.hours).sum()
    }
}

/// Workload of people.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Request.
    pub request: WorkloadRequest,
    /// Mondays of the weeks.
    pub weeks: Vec<Date>,
    /// People, those with the most hours first.
    pub people: Vec<PersonLoad>,
    /// Names of people and tasks.
    pub directory: Directory,
}

/// One piece of work: hours that are due on a day.
struct Piece {
    start: Option<Date>,
    due: Date,
    hours: i64,
}

impl App {
    /// Returns the workload of people, as far as the actor sees their tasks.
    pub fn workload(&self, actor: &Actor, request: &WorkloadRequest) -> Result<Workload, AppError> {
        let scope = actor.scope(&TASK)?;
        let members = match request.team {
            Some(id) => Some(self.members(actor, id)?),
            None => None,
        };
        let today = self.today();
        self.read(|tx| {
            let pairs = store::open_work(tx, request.team, scope.as_ref())?;
            let mut people_of: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
            for (task, person) in pairs {
                people_of.entry(task).or_default().push(person);
            }
            let ids: Vec<Id> = people_of.keys().copied().collect();
            let tasks = records::load_many(tx, &TASK, &ids)?;
            // Work is spread until its due date, which may be long after the window.
            let last = tasks.iter().filter_map(|task| task::DUE_DATE.get(task)).max().unwrap_or(today);
            let last = last.max(request.end).min(today.saturating_add(3660.days())).saturating_add(60.days());
            let office = working_days(tx, request.start.min(today), last)?;
            let absences = store::absences(tx, request.start, request.end)?;
            let mut sums = Sums::new(request, today);
            for task in &tasks {
                let people = &people_of[&task.id];
                match pieces(task, today, request)? {
                    Some(pieces) => sums.add(task.id, people, &pieces, &office),
                    None => sums.leave_out(people),
                }
            }
            let mut people = sums.finish(&office, &absences);
            people.retain(|load| members.as_ref().is_none_or(|members| members.contains(&load.person)));
            people.sort_by_cached_key(|load| (std::cmp::Reverse(load.hours()), load.person));
            let mut named: Vec<Id> = people.iter().map(|load| load.person).collect();
            named.extend(
                people.iter().flat_map(|load| &load.weeks).flat_map(|week| &week.tasks).map(|(id, _)| *id),
            );
            let directory = references::visible(tx, actor, &named)?;
            Ok(Workload { request: request.clone(), weeks: request.weeks().collect(), people, directory })
        })
    }

    fn members(&self, actor: &Actor, id: Id) -> Result<Vec<Id>, AppError> {
        let record = self.get(actor, &TEAM, id).map_err(|error| match error {
            AppError::NotFound(_) | AppError::Forbidden { .. } => {
                AppError::BadParameter(vec![FieldError::new(
                    "team",
                    "unknown_reference",
                    "This team does not exist.",
                )])
            }
            other => other,
        })?;
        let mut members = team::MEMBERS.get(&record).to_vec();
        members.extend(team::LEAD.get(&record));
        Ok(members)
    }
}

/// Returns the pieces of work of a task: itself, or its open occurrences of a series up to the end of the window.
/// Returns nothing for a task without estimated hours or without a due date.
fn pieces(task: &Record, today: Date, request: &WorkloadRequest) -> Result<Option<Vec<Piece>>, AppError> {
    let Some(estimated) = task::ESTIMATED_HOURS.get(task).filter(|hours| *hours > 0) else {
        return Ok(None);
    };
    let Some(series) = Series::of(task) else {
        return Ok(piece(task, estimated).map(|piece| vec![piece]));
    };
    // Occurrences before the next open one are closed.
    let Some(next) = task::NEXT_DUE.get(task) else {
        return Ok(Some(Vec::new()));
    };
    let from = floating(next.min(today).saturating_sub(60.days()));
    let until = floating(request.end.saturating_add(1.day()));
    let dates = series.set.between(Some(from), Some(until), OCCURRENCES).map_err(too_much)?;
    let mut found = Vec::new();
    for date in dates {
        let Some(single) = series.materialize(task, date.id).map_err(too_much)? else {
            continue;
        };
        let is_open = !CLOSED_STATES.contains(&single.state());
        if let Some(piece) = piece(&single, estimated).filter(|piece| is_open && piece.due >= next) {
            found.push(piece);
        }
    }
    // Completing one occurrence closes the missed ones before it, so that only the last missed one is work.
    let missed = found.iter().filter(|piece| piece.due < today).map(|piece| piece.due).max();
    found.retain(|piece| piece.due >= today || Some(piece.due) == missed);
    Ok(Some(found))
}

fn piece(task: &Record, estimated: i64) -> Option<Piece> {
    let due = task::DUE_DATE.get(task)?;
    let progress = task::PROGRESS.get(task).unwrap_or(0);
    let hours = remaining(estimated, task::ACTUAL_HOURS.get(task), progress);
    Some(Piece { start: task::START_DATE.get(task), due, hours })
}

/// Sums of hours by person and week.
struct Sums<'a> {
    request: &'a WorkloadRequest,
    today: Date,
    weeks: Vec<Date>,
    people: HashMap<Id, PersonLoad>,
}

impl<'a> Sums<'a> {
    fn new(request: &'a WorkloadRequest, today: Date) -> Self {
        Self { request, today, weeks: request.weeks().collect(), people: HashMap::new() }
    }

    fn of(&mut self, person: Id) -> &mut PersonLoad {
        let weeks = self.weeks.len();
        self.people.entry(person).or_insert_with(|| PersonLoad {
            person,
            weeks: vec![WeekLoad::default(); weeks],
            uncounted: 0,
        })
    }

    fn leave_out(&mut self, people: &[Id]) {
        for person in people {
            self.of(*person).uncounted += 1;
        }
    }

    /// Divides the hours of a task among its people, and spreads them over days.
    fn add(&mut self, task: Id, people: &[Id], pieces: &[Piece], office: &WorkingDays) {
        let window = (self.request.start, self.request.end);
        let count = i64::try_from(people.len()).unwrap_or(1).max(1);
        for (place, person) in (0_i64..).zip(people) {
            let mut by_week: BTreeMap<usize, i64> = BTreeMap::new();
            for piece in pieces {
                let own = piece.hours / count + i64::from(place < piece.hours % count);
                for (day, hours) in spread(own, piece.start, piece.due, self.today, window, office) {
                    let week = self.weeks.partition_point(|week| *week <= day).saturating_sub(1);
                    *by_week.entry(week).or_default() += hours;
                }
            }
            let load = self.of(*person);
            for (week, hours) in by_week {
                load.weeks[week].hours += hours;
                load.weeks[week].tasks.push((task, hours));
            }
        }
    }

    /// Adds the capacity: working days from today on without absences.
    fn finish(self, office: &WorkingDays, absences: &[(Id, Date, Date)]) -> Vec<PersonLoad> {
        let mut people: Vec<PersonLoad> = self.people.into_values().collect();
        for load in &mut people {
            let away: Vec<&(Id, Date, Date)> =
                absences.iter().filter(|(person, ..)| *person == load.person).collect();
            for (week, monday) in load.weeks.iter_mut().zip(&self.weeks) {
                let is_there = |day: Date| !away.iter().any(|(_, from, to)| (*from..=*to).contains(&day));
                let days = monday
                    .series(1.day())
                    .take(7)
                    .filter(|day| *day >= self.today && office.is_working(*day) && is_there(*day));
                week.capacity = i64::try_from(days.count()).unwrap_or(0) * DAY;
                week.tasks.sort_by_key(|(task, hours)| (std::cmp::Reverse(*hours), *task));
            }
        }
        people
    }
}
