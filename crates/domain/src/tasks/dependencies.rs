//! Finish-to-start dependencies: a task and its prerequisites.

use std::collections::{BTreeMap, BTreeSet};

/// Returns a cycle among edges (task, prerequisite), or `None`. Each id of the result depends on the next, the last on
/// the first; the result does not depend on the order of the edges.
pub fn cycle<Id: Copy + Ord>(edges: impl IntoIterator<Item = (Id, Id)>) -> Option<Vec<Id>> {
    let mut prerequisites: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for (task, prerequisite) in edges {
        prerequisites.entry(task).or_default().insert(prerequisite);
    }
    let mut finished = BTreeSet::new();
    for start in prerequisites.keys() {
        if let Some(found) = walk(*start, &prerequisites, &mut finished) {
            return Some(found);
        }
    }
    None
}

/// Searches depth-first from `start`; a prerequisite that is on the path closes a cycle. Iterative, because a chain
/// may be as long as there are tasks.
fn walk<Id: Copy + Ord>(
    start: Id,
    prerequisites: &BTreeMap<Id, BTreeSet<Id>>,
    finished: &mut BTreeSet<Id>,
) -> Option<Vec<Id>> {
    let of = |id: Id| prerequisites.get(&id).into_iter().flatten().copied();
    if finished.contains(&start) {
        return None;
    }
    let mut path = vec![start];
    let mut on_path = BTreeSet::from([start]);
    let mut open = vec![of(start).collect::<Vec<_>>()];
    while let (Some(rest), Some(last)) = (open.last_mut(), path.last().copied()) {
        match rest.pop() {
            None => {
                finished.insert(last);
                on_path.remove(&last);
                path.pop();
                open.pop();
            }
            Some(next) if on_path.contains(&next) => {
                let from = path.iter().position(|id| *id == next).unwrap_or(0);
                return Some(path.split_off(from));
            }
            Some(next) if finished.contains(&next) => {}
            Some(next) => {
                path.push(next);
                on_path.insert(next);
                open.push(of(next).collect());
            }
        }
    }
    None
}

/// Returns the tasks with prerequisites before their dependents; those of a cycle, which the store does not hold, come
/// last. Prerequisites that are no key are left out of account.
pub fn prerequisites_first<Id: Copy + Ord>(tasks: &BTreeMap<Id, &[Id]>) -> Vec<Id> {
    let mut open: BTreeMap<Id, usize> = BTreeMap::new();
    let mut dependents: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for (task, prerequisites) in tasks {
        let known: BTreeSet<&Id> = prerequisites.iter().filter(|id| tasks.contains_key(id)).collect();
        open.insert(*task, known.len());
        for prerequisite in known {
            dependents.entry(*prerequisite).or_default().push(*task);
        }
    }
    let mut free: BTreeSet<Id> = open.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut ordered = Vec::with_capacity(tasks.len());
    while let Some(id) = free.pop_first() {
        open.remove(&id);
        ordered.push(id);
        for dependent in dependents.get(&id).into_iter().flatten() {
            if let Some(count) = open.get_mut(dependent) {
                *count -= 1;
                if *count == 0 {
                    free.insert(*dependent);
                }
            }
        }
    }
    ordered.extend(open.into_keys());
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn chain_and_diamond_have_no_cycle() {
        assert_eq!(cycle([(2, 1), (3, 2), (4, 3)]), None);
        assert_eq!(cycle([(4, 2), (4, 3), (2, 1), (3, 1)]), None);
        assert_eq!(cycle::<u8>([]), None);
    }

    #[test]
    fn cycle_is_returned_in_order() {
        assert_eq!(cycle([(1, 2), (2, 3), (3, 1), (4, 1)]), Some(vec![1, 2, 3]));
        assert_eq!(cycle([(0, 1), (1, 2), (2, 1)]), Some(vec![1, 2]));
    }

    #[test]
    fn task_cannot_depend_on_itself() {
        let id = Uuid::from_u128(7);
        assert_eq!(cycle([(id, id)]), Some(vec![id]));
    }

    #[test]
    fn prerequisites_come_first_and_cycles_last() {
        let of = |tasks: &[(u8, &'static [u8])]| prerequisites_first(&tasks.iter().copied().collect());
        assert_eq!(of(&[(1, &[3]), (2, &[]), (3, &[2, 2, 9])]), [2, 3, 1]);
        assert_eq!(of(&[(1, &[2]), (2, &[1]), (3, &[])]), [3, 1, 2]);
        assert_eq!(of(&[]), [0_u8; 0]);
    }

    #[test]
    fn long_chain_does_not_overflow() {
        assert_eq!(cycle((0..200_000u32).map(|n| (n, n + 1))), None);
    }

    proptest! {
        #[test]
        fn edges_to_smaller_numbers_never_cycle(pairs in proptest::collection::vec((0u16..60, 0u16..60), 0..200)) {
            let down = pairs.iter().filter(|(a, b)| a != b).map(|(a, b)| (*a.max(b), *a.min(b)));
            prop_assert_eq!(cycle(down), None);
        }

        #[test]
        fn result_is_a_cycle_of_the_edges(pairs in proptest::collection::vec((0u16..12, 0u16..12), 0..60)) {
            if let Some(found) = cycle(pairs.iter().copied()) {
                for (index, task) in found.iter().enumerate() {
                    let next = found[(index + 1) % found.len()];
                    prop_assert!(pairs.contains(&(*task, next)));
                }
            }
        }
    }
}
