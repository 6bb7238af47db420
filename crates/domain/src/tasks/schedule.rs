//! Effect of a moved task on its successors.

use super::dependencies::cycle;
use jiff::civil::Date;
use std::collections::{BTreeMap, VecDeque};

/// Dates of an open task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates<Id> {
    /// Task.
    pub id: Id,
    /// Start date.
    pub start: Option<Date>,
    /// Due date.
    pub due: Option<Date>,
}

/// Returns the days by which each successor must move so that none begins before its prerequisites are due: only those
/// that must move, by the minimum, in the order of their ids. A task without a start date counts as beginning on its
/// due date.
///
/// `tasks` holds the dates after the move, `edges` are (task, prerequisite). Edges in a cycle move nothing.
pub fn successors_to_move<Id: Copy + Ord>(
    moved: Id,
    tasks: &[Dates<Id>],
    edges: &[(Id, Id)],
) -> Vec<(Id, i32)> {
    if cycle(edges.iter().copied()).is_some() {
        return Vec::new();
    }
    let dates: BTreeMap<Id, &Dates<Id>> = tasks.iter().map(|task| (task.id, task)).collect();
    let mut successors: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for (task, prerequisite) in edges {
        successors.entry(*prerequisite).or_default().push(*task);
    }
    let mut shifts: BTreeMap<Id, i32> = BTreeMap::new();
    let mut queue = VecDeque::from([moved]);
    while let Some(id) = queue.pop_front() {
        let Some(due) = dates.get(&id).and_then(|task| task.due) else { continue };
        let shift = shifts.get(&id).copied().unwrap_or(0);
        for next in successors.get(&id).into_iter().flatten() {
            let Some(begin) = dates.get(next).and_then(|task| task.start.or(task.due)) else { continue };
            let needed = shift + days_between(begin, due);
            let known = shifts.get(next).copied().unwrap_or(0);
            if needed > known {
                shifts.insert(*next, needed);
                queue.push_back(*next);
            }
        }
    }
    shifts.into_iter().collect()
}

/// Returns the days from one date to another, negative backwards. All possible dates are within 32 bits of days.
fn days_between(from: Date, to: Date) -> i32 {
    i32::try_from(to.duration_since(from).as_hours() / 24).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn task(id: u8, start: Option<i8>, due: i8) -> Dates<u8> {
        Dates { id, start: start.map(|day| date(2027, 1, day)), due: Some(date(2027, 1, due)) }
    }

    #[test]
    fn chain_moves_by_the_minimum() {
        // The first now ends on the 10th; the second began on the 8th, the third on the 12th.
        let tasks = [task(1, None, 10), task(2, Some(8), 11), task(3, Some(12), 14)];
        assert_eq!(successors_to_move(1, &tasks, &[(2, 1), (3, 2)]), [(2, 2), (3, 1)]);
    }

    #[test]
    fn slack_is_used_first() {
        let tasks = [task(1, None, 10), task(2, Some(10), 11), task(3, None, 20)];
        assert_eq!(successors_to_move(1, &tasks, &[(2, 1), (3, 2)]), []);
    }

    #[test]
    fn later_of_two_paths_counts() {
        let tasks = [task(1, None, 10), task(2, None, 8), task(3, Some(5), 6), task(4, Some(4), 9)];
        let edges = [(2, 1), (3, 1), (4, 2), (4, 3)];
        assert_eq!(successors_to_move(1, &tasks, &edges), [(2, 2), (3, 5), (4, 7)]);
    }

    #[test]
    fn tasks_without_dates_stay() {
        let undated = Dates { id: 2, start: None, due: None };
        let tasks = [task(1, None, 10), undated, task(3, None, 1)];
        assert_eq!(successors_to_move(1, &tasks, &[(2, 1), (3, 2)]), []);
    }

    #[test]
    fn cycle_moves_nothing() {
        let tasks = [task(1, None, 10), task(2, None, 5)];
        assert_eq!(successors_to_move(1, &tasks, &[(2, 1), (1, 2)]), []);
    }

    proptest! {
        #[test]
        fn no_successor_begins_too_early_after_the_move(
            days in proptest::collection::vec((1i8..=28, 0i8..=3), 2..12),
            pairs in proptest::collection::vec((0u8..12, 0u8..12), 0..30),
        ) {
            let count = u8::try_from(days.len()).expect("fewer than twelve");
            let tasks: Vec<_> = (0..count).zip(&days).map(|(id, (due, length))| {
                task(id, Some((*due - *length).max(1)), *due)
            }).collect();
            // Later ids depend on earlier ones; every task depends on the first.
            let mut edges: Vec<(u8, u8)> = (1..count).map(|id| (id, 0)).collect();
            edges.extend(pairs.iter().filter(|(a, b)| a > b && *a < count).copied());
            let shifts: BTreeMap<u8, i32> = successors_to_move(0, &tasks, &edges).into_iter().collect();
            let shift = |id: u8| shifts.get(&id).copied().unwrap_or(0);
            for (next, before) in &edges {
                let begin = tasks[usize::from(*next)].start.expect("given");
                let due = tasks[usize::from(*before)].due.expect("given");
                // Only tasks that must move, or that depend on a moved one, are adjusted.
                if shift(*before) > 0 || *before == 0 {
                    prop_assert!(shift(*next) >= shift(*before) + days_between(begin, due));
                }
                prop_assert!(shift(*next) >= 0);
            }
        }
    }
}
