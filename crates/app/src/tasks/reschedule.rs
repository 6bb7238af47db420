//! Moving a task with the tasks that depend on it.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::is_series;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_domain::tasks::schedule::{self, Planned, Shift};
use obcms_domain::tasks::{actions, is_open};
use obcms_store::{records, tasks as store};

use super::{board, bulk};
use crate::calendar::series;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::holidays::working_days;
use crate::records::undo::undo_address;
use crate::records::{Input, require_live, require_version, require_write, update};

/// Effect on the tasks that depend on a moved one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Successors {
    /// They are named, and nothing is written.
    Preview,
    /// They move as far as they must.
    Move,
    /// They stay.
    #[default]
    Keep,
}

/// Requested dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reschedule {
    /// New first day and due date, as given.
    pub input: Input,
    /// Effect on dependent tasks.
    pub successors: Successors,
    /// Occurrence of a repeating task; the shown one by default.
    pub recurrence_id: Option<String>,
}

/// Result of a move.
#[derive(Clone, Debug)]
pub struct Rescheduled {
    /// The task, with its new dates also in a preview.
    pub task: Record,
    /// Dependent tasks that move, or would, with their present dates.
    pub successors: Vec<(Record, Shift)>,
    /// Address that takes the move back; nothing if nothing was written.
    pub undo: Option<String>,
}

/// Days after the last date in which working days are known.
const HORIZON_DAYS: i64 = 3 * 365;

impl Reschedule {
    /// Parses `{start_date, due_date, successors, recurrence_id}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let read = actions::RESCHEDULE.parse(input).map_err(AppError::Invalid)?;
        let mut dates = Input::new();
        for member in [actions::NEW_START, actions::NEW_DUE] {
            if member.is_given(&read) {
                let day = member.get(&read).map(|day| day.to_string());
                dates.insert(member.name().to_owned(), day.into());
            }
        }
        if dates.is_empty() {
            let error = actions::NEW_DUE.error("required", "Give a start or a due date.");
            return Err(AppError::Invalid(vec![error]));
        }
        let recurrence_id = actions::RECURRENCE_ID.get(&read);
        Ok(Self {
            input: dates,
            successors: match actions::SUCCESSORS.get(&read) {
                "preview" => Successors::Preview,
                "move" => Successors::Move,
                _ => Successors::Keep,
            },
            recurrence_id: Some(recurrence_id.to_owned()).filter(|date| !date.is_empty()),
        })
    }
}

impl App {
    /// Moves a task, and as asked the tasks that depend on it; `expected` is the version that the actor saw.
    pub fn reschedule(
        &self,
        actor: &Actor,
        id: Id,
        asked: &Reschedule,
        expected: Option<i64>,
    ) -> Result<Rescheduled, AppError> {
        if asked.successors == Successors::Preview {
            return self.preview_move(actor, id, asked);
        }
        require_write(actor)?;
        self.write(actor, |work| {
            let before = work.load(&TASK, id)?;
            require_version(&before, expected)?;
            let task = move_one(work, &before, asked)?;
            let mut moved = task.version != before.version;
            let mut successors = Vec::new();
            if asked.successors == Successors::Move {
                successors = shifts(work.tx, work.actor, &task)?;
                for (other, shift) in successors.iter().filter(|(_, shift)| shift.is_possible) {
                    update(work, &TASK, other.id, &input_of(shift), None)?;
                    moved = true;
                }
            }
            let undo = moved.then(|| undo_address(&TASK, id, work.change_set));
            Ok(Rescheduled { task: crate::records::reload(work, &task)?, successors, undo })
        })
    }

    fn preview_move(&self, actor: &Actor, id: Id, asked: &Reschedule) -> Result<Rescheduled, AppError> {
        let mut task = self.get(actor, &TASK, id)?;
        require_live(&task)?;
        self.read(|tx| {
            actor.require_input(tx, Action::Edit, &task, &asked.input)?;
            obcms_domain::records::input::parse(&mut task, &asked.input, false, &self.context_of(actor))?;
            let successors = shifts(tx, actor, &task)?;
            Ok(Rescheduled { task, successors, undo: None })
        })
    }
}

fn move_one(work: &mut UnitOfWork<'_, '_>, before: &Record, asked: &Reschedule) -> Result<Record, AppError> {
    match &asked.recurrence_id {
        Some(date) => Ok(series::change(work, &bulk::this(before.id, date), &asked.input)?.series),
        None => bulk::change_shown(work, before, |_| asked.input.clone()),
    }
}

fn input_of(shift: &Shift) -> Input {
    let mut input = Input::new();
    if let Some(start) = shift.start {
        input.extend([task::START_DATE.input(start)]);
    }
    if let Some(due) = shift.due {
        input.extend([task::DUE_DATE.input(due)]);
    }
    input
}

/// Returns the tasks that depend on a task and begin too early after its dates, with their moves. Tasks that the actor
/// may not see are left out.
fn shifts(
    tx: &mut obcms_store::Tx<'_>,
    actor: &Actor,
    moved: &Record,
) -> Result<Vec<(Record, Shift)>, AppError> {
    // A repeating task has no single end.
    if is_series(moved) {
        return Ok(Vec::new());
    }
    let edges = store::dependent_edges(tx, moved.id)?;
    let mut ids: Vec<Id> = edges.iter().map(|(dependent, _)| *dependent).collect();
    ids.sort_unstable();
    ids.dedup();
    if let Some(scope) = actor.scope(&TASK)? {
        ids = records::in_scope(tx, &TASK, &ids, &scope)?;
    }
    let dependents = records::load_many(tx, &TASK, &ids)?;
    let planned: Vec<Planned> = dependents.iter().map(|task| planned(actor, task)).collect();
    let dates = dependents
        .iter()
        .chain([moved])
        .flat_map(|task| [task::START_DATE.get(task), task::DUE_DATE.get(task)]);
    let mut dates: Vec<Date> = dates.flatten().collect();
    dates.sort_unstable();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Ok(Vec::new()) };
    let days = working_days(tx, *first, last.saturating_add(HORIZON_DAYS.days()))?;
    let found = schedule::successors(&self::planned(actor, moved), &planned, &days);
    let mut by_id: HashMap<Id, Record> = dependents.into_iter().map(|task| (task.id, task)).collect();
    Ok(found.into_iter().filter_map(|shift| Some((by_id.remove(&shift.id)?, shift))).collect())
}

/// Returns the dates of a task for the reckoning of its successors.
fn planned(actor: &Actor, task: &Record) -> Planned {
    let is_plain = is_open(task) && !task.is_archived() && !is_series(task);
    Planned {
        id: task.id,
        start: task::START_DATE.get(task),
        due: if is_open(task) && !task.is_archived() { task::DUE_DATE.get(task) } else { None },
        lag: task::LAG_DAYS.get(task).and_then(|days| u32::try_from(days).ok()).unwrap_or(0),
        predecessors: task::DEPENDS_ON.get(task).to_vec(),
        is_movable: is_plain && board::may_write(actor, task, task::DUE_DATE.name()),
    }
}
