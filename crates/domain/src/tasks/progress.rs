//! Progress of a project, calculated from its tasks.

use super::TaskStatus;

/// Returns the weighted progress of tasks, 0 to 100, rounded to the nearest: sum(weight x fraction) / sum(weight) over
/// those that are not cancelled. `None` when nothing counts. Only the proportion of the weights matters, so decimals
/// may be passed as hundredths.
pub fn roll_up(tasks: impl IntoIterator<Item = (u32, TaskStatus, u8)>) -> Option<u8> {
    let mut done: u128 = 0;
    let mut total: u128 = 0;
    for (weight, status, progress) in tasks {
        let percent = match status {
            TaskStatus::Cancelled => continue,
            TaskStatus::Completed => 100,
            TaskStatus::NotStarted | TaskStatus::InProgress | TaskStatus::OnHold => progress.min(100),
        };
        done += u128::from(weight) * u128::from(percent);
        total += u128::from(weight);
    }
    if total == 0 {
        return None;
    }
    u8::try_from((2 * done + total) / (2 * total)).ok()
}

/// Returns the progress to show: the manual value if there is one, else that of the tasks, else 0.
pub fn effective(manual: Option<u8>, tasks: Option<u8>) -> u8 {
    manual.or(tasks).unwrap_or(0).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_of_five_tasks_are_sixty_percent() {
        let tasks = [true, true, true, false, false]
            .map(|done| if done { (1, TaskStatus::Completed, 100) } else { (1, TaskStatus::NotStarted, 0) });
        assert_eq!(roll_up(tasks), Some(60));
    }

    #[test]
    fn weights_and_parts_count_and_cancelled_ones_do_not() {
        let tasks =
            [(3, TaskStatus::Completed, 0), (1, TaskStatus::InProgress, 50), (100, TaskStatus::Cancelled, 0)];
        assert_eq!(roll_up(tasks), Some(88));
    }

    #[test]
    fn nothing_to_count_is_none() {
        assert_eq!(roll_up([]), None);
        assert_eq!(roll_up([(1, TaskStatus::Cancelled, 0)]), None);
        assert_eq!(roll_up([(0, TaskStatus::Completed, 100)]), None);
    }

    #[test]
    fn rounds_to_the_nearest() {
        let third = |status| (1, status, 0);
        let one = [TaskStatus::Completed, TaskStatus::NotStarted, TaskStatus::NotStarted].map(third);
        let two = [TaskStatus::Completed, TaskStatus::Completed, TaskStatus::NotStarted].map(third);
        assert_eq!((roll_up(one), roll_up(two)), (Some(33), Some(67)));
    }

    #[test]
    fn manual_value_has_precedence_until_cleared() {
        assert_eq!(effective(Some(80), Some(60)), 80);
        assert_eq!(effective(None, Some(60)), 60);
        assert_eq!(effective(None, None), 0);
    }

    fn any_tasks() -> impl Strategy<Value = Vec<(u32, TaskStatus, u8)>> {
        let status = proptest::sample::select(TaskStatus::ALL.to_vec());
        proptest::collection::vec((1u32..10_000, status, 0u8..=100), 1..40)
    }

    proptest! {
        #[test]
        fn stays_between_the_least_and_the_most(tasks in any_tasks()) {
            let counted = tasks.iter().filter(|task| task.1 != TaskStatus::Cancelled);
            let percents: Vec<u8> =
                counted.map(|task| if task.1 == TaskStatus::Completed { 100 } else { task.2 }).collect();
            match roll_up(tasks) {
                None => prop_assert!(percents.is_empty()),
                Some(value) => {
                    prop_assert!(percents.iter().min().is_some_and(|least| value >= *least));
                    prop_assert!(percents.iter().max().is_some_and(|most| value <= *most));
                }
            }
        }

        #[test]
        fn completion_never_lowers_progress(tasks in any_tasks(), index in any::<proptest::sample::Index>()) {
            let before = roll_up(tasks.clone());
            let mut after = tasks;
            let position = index.index(after.len());
            if after[position].1 != TaskStatus::Cancelled {
                after[position].1 = TaskStatus::Completed;
            }
            prop_assert!(roll_up(after) >= before);
        }

        #[test]
        fn only_the_proportion_of_weights_matters(tasks in any_tasks(), factor in 1u32..100) {
            let scaled: Vec<_> = tasks.iter().map(|task| (task.0 * factor, task.1, task.2)).collect();
            prop_assert_eq!(roll_up(scaled), roll_up(tasks));
        }
    }
}
