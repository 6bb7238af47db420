//! Dates of dependent tasks: a successor begins after its predecessors end, a lag of working days later.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::dependencies::prerequisites_first;
use crate::core::id::Id;
use crate::holidays::WorkingDays;

/// Dates of a task, for the reckoning of its successors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The task.
    pub id: Id,
    /// First day; the due date where there is none.
    pub start: Option<Date>,
    /// Last day.
    pub due: Option<Date>,
    /// Working days between its predecessors and its start.
    pub lag: u32,
    /// Tasks that it depends on.
    pub predecessors: Vec<Id>,
    /// False for tasks that stay where they are: closed ones, series, and those that the actor may not change.
    pub is_movable: bool,
}

impl Planned {
    fn first(&self) -> Option<Date> {
        self.start.or(self.due)
    }
}

/// Move of a successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The task.
    pub id: Id,
    /// New first day, where it has one.
    pub start: Option<Date>,
    /// New due date, where it has one.
    pub due: Option<Date>,
    /// Working days by which it moves.
    pub working_days: usize,
    /// False if the task stays where it is although its predecessors end later.
    pub is_possible: bool,
}

/// Returns the moves of all successors of a task that its new dates require, in the order of the dependencies. A move
/// keeps the number of working days of a task. Nothing moves to an earlier day.
#[must_use]
pub fn successors(moved: &Planned, others: &[Planned], days: &WorkingDays) -> Vec<Shift> {
    let mut tasks: BTreeMap<Id, Planned> = others.iter().map(|task| (task.id, task.clone())).collect();
    tasks.insert(moved.id, moved.clone());
    let mut late: BTreeSet<Id> = BTreeSet::from([moved.id]);
    let mut shifts = Vec::new();
    let order =
        prerequisites_first(&tasks.iter().map(|(id, task)| (*id, task.predecessors.as_slice())).collect());
    for id in order {
        if id == moved.id {
            continue;
        }
        let Some(task) = tasks.get(&id) else { continue };
        let ends = task
            .predecessors
            .iter()
            .filter(|predecessor| late.contains(predecessor))
            .filter_map(|predecessor| tasks.get(predecessor)?.due)
            .max();
        let (Some(end), Some(first)) = (ends, task.first()) else { continue };
        let earliest = days.after(end, task.lag.saturating_add(1));
        if first >= earliest {
            continue;
        }
        let shift = shift(task, first, earliest, days);
        if shift.is_possible {
            late.insert(id);
            if let Some(task) = tasks.get_mut(&id) {
                (task.start, task.due) = (shift.start, shift.due);
            }
        }
        shifts.push(shift);
    }
    shifts
}

fn shift(task: &Planned, first: Date, earliest: Date, days: &WorkingDays) -> Shift {
    let length = match (task.start, task.due) {
        (Some(start), Some(due)) => days.count(start, due).max(1) - 1,
        _ => 0,
    };
    let due = days.after(earliest, u32::try_from(length).unwrap_or(u32::MAX));
    let moved_by = first.tomorrow().map_or(0, |next| days.count(next, earliest));
    Shift {
        id: task.id,
        start: task.start.map(|_| earliest),
        due: task.due.map(|_| due),
        working_days: moved_by,
        is_possible: task.is_movable,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> Id {
        Id::from(Uuid::from_u128(number))
    }

    fn task(number: u128, start: Option<Date>, due: Date, predecessors: &[u128]) -> Planned {
        Planned {
            id: id(number),
            start,
            due: Some(due),
            lag: 0,
            predecessors: predecessors.iter().map(|number| id(*number)).collect(),
            is_movable: true,
        }
    }

    fn days() -> WorkingDays {
        // Bonifacio Day, a Monday.
        WorkingDays::without([date(2026, 11, 30)])
    }

    #[test]
    fn successor_moves_behind_weekend_and_holiday() {
        let moved = task(1, None, date(2026, 11, 27), &[]);
        let next = task(2, Some(date(2026, 11, 26)), date(2026, 11, 27), &[1]);
        let shifts = successors(&moved, &[next], &days());
        let [shift] = shifts.as_slice() else { panic!("one moves") };
        assert_eq!(shift.start, Some(date(2026, 12, 1)));
        assert_eq!(shift.due, Some(date(2026, 12, 2)));
        assert_eq!(shift.working_days, 2);
    }

    #[test]
    fn whole_chain_moves_and_closed_tasks_stay() {
        let moved = task(1, None, date(2026, 12, 8), &[]);
        let second = Planned { lag: 2, ..task(2, None, date(2026, 12, 9), &[1]) };
        let third = task(3, Some(date(2026, 12, 10)), date(2026, 12, 11), &[2]);
        let closed = Planned { is_movable: false, ..task(4, None, date(2026, 12, 8), &[1]) };
        let behind_closed = task(5, None, date(2026, 12, 9), &[4]);
        let shifts = successors(&moved, &[third, second, closed, behind_closed], &days());
        let of = |number| shifts.iter().find(|shift| shift.id == id(number));
        assert_eq!(of(2).and_then(|shift| shift.due), Some(date(2026, 12, 11)));
        assert_eq!(of(3).and_then(|shift| shift.start), Some(date(2026, 12, 14)));
        assert_eq!(of(3).map(|shift| shift.working_days), Some(2));
        assert_eq!(of(4).map(|shift| shift.is_possible), Some(false));
        assert_eq!(of(5), None);
    }

    #[test]
    fn tasks_with_room_stay() {
        let moved = task(1, None, date(2026, 12, 8), &[]);
        let later = task(2, None, date(2026, 12, 20), &[1]);
        let undated = Planned { due: None, ..task(3, None, date(2026, 12, 1), &[1]) };
        assert_eq!(successors(&moved, &[later, undated], &days()), []);
    }

    proptest! {
        #[test]
        fn no_successor_begins_before_its_predecessors_end(
            tasks in proptest::collection::vec((0i64..40, 0i64..6, proptest::collection::vec(0usize..12, 0..3)), 2..12),
            moved_by in 0i64..30,
        ) {
            let base = date(2026, 12, 1);
            let day = |days: i64| base.saturating_add(jiff::Span::new().days(days));
            // The dates of each task are behind those of its predecessors, as moves leave them.
            let mut planned: Vec<Planned> = Vec::new();
            for (place, (gap, length, predecessors)) in tasks.iter().enumerate() {
                let predecessors: Vec<Id> =
                    predecessors.iter().filter(|other| **other < place).map(|other| id(*other as u128 + 1)).collect();
                let end = planned.iter().filter(|task| predecessors.contains(&task.id)).filter_map(|task| task.due).max();
                let start = end.map_or(day(*gap), |end| days().after(end, 1));
                planned.push(Planned {
                    id: id(place as u128 + 1),
                    start: Some(start),
                    due: Some(start.saturating_add(jiff::Span::new().days(*length))),
                    lag: 0,
                    predecessors,
                    is_movable: true,
                });
            }
            let mut moved = planned.remove(0);
            moved.due = moved.due.map(|due| due.saturating_add(jiff::Span::new().days(moved_by)));
            let shifts = successors(&moved, &planned, &days());
            for shift in &shifts {
                if let Some(task) = planned.iter_mut().find(|task| task.id == shift.id) {
                    prop_assert!(shift.start >= task.start);
                    (task.start, task.due) = (shift.start, shift.due);
                }
            }
            planned.push(moved);
            for task in &planned {
                for other in planned.iter().filter(|other| task.predecessors.contains(&other.id)) {
                    prop_assert!(task.start > other.due, "{task:?} {other:?}");
                }
            }
        }
    }
}
