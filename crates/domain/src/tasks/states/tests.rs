use super::*;
use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn free(minute: i64) -> Circumstances<'static> {
    Circumstances { now: at(minute), open_prerequisites: 0, force_reason: None }
}

fn to(state: &TaskState, status: TaskStatus, minute: i64) -> TaskState {
    transition(state, Change::Status(status), &free(minute)).expect("nothing stands in the way").state
}

fn set(state: &TaskState, progress: u8, minute: i64) -> TaskState {
    transition(state, Change::Progress(progress), &free(minute)).expect("nothing stands in the way").state
}

#[test]
fn statuses_equal_the_list_of_choices() {
    let values: Vec<_> = crate::choices::TASK_STATUSES.iter().map(|choice| choice.value).collect();
    assert_eq!(values, TaskStatus::ALL.map(TaskStatus::as_str));
    assert_eq!(TaskStatus::parse("at_risk"), Err(TransitionError::UnknownStatus("at_risk".into())));
}

#[test]
fn start_time_is_recorded_once() {
    let answer = transition(&TaskState::NEW, Change::Status(TaskStatus::InProgress), &free(1)).expect("free");
    assert!(answer.starts);
    assert_eq!(answer.state.started_at, Some(at(1)));
    let held = to(&answer.state, TaskStatus::OnHold, 2);
    let again = transition(&held, Change::Status(TaskStatus::InProgress), &free(3)).expect("free");
    assert!(!again.starts);
    assert_eq!(again.state.started_at, Some(at(1)));
}

#[test]
fn reopening_restores_the_progress() {
    let half = set(&TaskState::NEW, 40, 1);
    assert_eq!(half.status, TaskStatus::InProgress);
    let done = to(&half, TaskStatus::Completed, 2);
    assert_eq!((done.progress, done.completed_at), (100, Some(at(2))));
    for status in [TaskStatus::NotStarted, TaskStatus::InProgress, TaskStatus::OnHold, TaskStatus::Cancelled]
    {
        let back = to(&done, status, 3);
        assert_eq!((back.status, back.progress, back.completed_at), (status, 40, None));
        assert_eq!(back.progress_before_completion, None);
    }
}

#[test]
fn second_completion_keeps_the_first_time() {
    let done = to(&TaskState::NEW, TaskStatus::Completed, 2);
    assert_eq!(to(&done, TaskStatus::Completed, 5), done);
    assert_eq!(set(&done, 100, 5), done);
}

#[test]
fn progress_moves_the_status() {
    let done = set(&TaskState::NEW, 100, 1);
    assert_eq!(
        (done.status, done.completed_at, done.started_at),
        (TaskStatus::Completed, Some(at(1)), Some(at(1)))
    );
    let reopened = set(&done, 30, 2);
    assert_eq!(
        (reopened.status, reopened.progress, reopened.completed_at),
        (TaskStatus::InProgress, 30, None)
    );
    assert_eq!(set(&TaskState::NEW, 0, 1), TaskState::NEW);
    let held = to(&reopened, TaskStatus::OnHold, 3);
    assert_eq!(set(&held, 50, 4).status, TaskStatus::OnHold);
    assert_eq!(
        transition(&held, Change::Progress(101), &free(5)),
        Err(TransitionError::ProgressOutOfRange(101))
    );
}

#[test]
fn cancelled_task_can_be_reopened() {
    let cancelled = to(&set(&TaskState::NEW, 20, 1), TaskStatus::Cancelled, 2);
    assert_eq!((cancelled.progress, cancelled.completed_at), (20, None));
    assert_eq!(to(&cancelled, TaskStatus::InProgress, 3).progress, 20);
    assert_eq!(to(&cancelled, TaskStatus::Completed, 3).completed_at, Some(at(3)));
}

#[test]
fn a_blocked_task_starts_and_completes_only_with_a_reason() {
    let blocked = |reason| Circumstances { now: at(1), open_prerequisites: 2, force_reason: reason };
    for change in [
        Change::Status(TaskStatus::InProgress),
        Change::Status(TaskStatus::Completed),
        Change::Progress(10),
        Change::Progress(100),
    ] {
        for reason in [None, Some("  ")] {
            assert_eq!(
                transition(&TaskState::NEW, change, &blocked(reason)),
                Err(TransitionError::Blocked { open: 2 })
            );
        }
        let answer =
            transition(&TaskState::NEW, change, &blocked(Some("the minister asked"))).expect("forced");
        assert!(answer.forced);
    }
    for status in [TaskStatus::OnHold, TaskStatus::Cancelled, TaskStatus::NotStarted] {
        let answer =
            transition(&TaskState::NEW, Change::Status(status), &blocked(None)).expect("not a start");
        assert!(!answer.forced);
    }
    let message = TransitionError::Blocked { open: 1 }.message();
    assert!(message.english().starts_with("1 task must be done"), "{message:?}");
}

#[test]
fn risk_is_derived() {
    let today = date(2027, 1, 10);
    let open = TaskStatus::InProgress;
    assert!(at_risk(true, open, 90, None, today, false));
    assert!(at_risk(false, open, 90, None, today, true));
    assert!(at_risk(false, open, 49, Some(date(2027, 1, 12)), today, false));
    assert!(at_risk(false, open, 0, Some(date(2027, 1, 1)), today, false));
    assert!(!at_risk(false, open, 50, Some(date(2027, 1, 12)), today, false));
    assert!(!at_risk(false, open, 0, Some(date(2027, 1, 13)), today, false));
    assert!(!at_risk(true, TaskStatus::Completed, 100, Some(today), today, true));
    assert!(!at_risk(true, TaskStatus::Cancelled, 0, Some(today), today, true));
}

#[test]
fn overdue_begins_the_day_after() {
    let due = Some(date(2027, 1, 10));
    assert!(!overdue(due, TaskStatus::OnHold, date(2027, 1, 10)));
    assert!(overdue(due, TaskStatus::OnHold, date(2027, 1, 11)));
    assert!(!overdue(due, TaskStatus::Completed, date(2027, 1, 11)));
    assert!(!overdue(None, TaskStatus::NotStarted, date(2027, 1, 11)));
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        proptest::sample::select(TaskStatus::ALL.to_vec()).prop_map(Change::Status),
        (0u8..=100).prop_map(Change::Progress),
    ]
}

proptest! {
    #[test]
    fn any_sequence_keeps_the_fields_consistent(changes in proptest::collection::vec(any_change(), 1..30)) {
        let mut state = TaskState::NEW;
        for (minute, change) in changes.into_iter().enumerate() {
            state = transition(&state, change, &free(minute as i64)).expect("free").state;
            let completed = state.status == TaskStatus::Completed;
            prop_assert_eq!(state.completed_at.is_some(), completed);
            prop_assert_eq!(state.progress == 100, completed);
            prop_assert_eq!(state.progress_before_completion.is_some(), completed);
            if matches!(state.status, TaskStatus::InProgress | TaskStatus::Completed) {
                prop_assert!(state.started_at.is_some());
            }
        }
    }
}
