//! When too many wrong passwords close the door for a while.
//!
//! Failures are counted per account and address together: a stranger elsewhere cannot lock out the owner of an
//! account, and one address that fails with one account still opens the others (the rate limit of the server
//! stops who tries many).

use jiff::{SignedDuration, Timestamp};

/// So many failures within [`WINDOW`] lock.
pub const FAILURES: usize = 5;
/// The time within which failures count together.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(30);
/// For how long the lock holds, from the failure that caused it.
pub const LOCK: SignedDuration = SignedDuration::from_mins(30);

/// Until when a pair of account and address is locked; `None` when it may try.
///
/// `failures` are the instants of the failed attempts since the last success, in any order. Attempts that are
/// refused because of the lock are not failures and must not be recorded, or the lock would never end.
pub fn locked_until(failures: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let mut sorted = failures.to_vec();
    sorted.sort_unstable();
    sorted
        .windows(FAILURES)
        .filter(|run| run[FAILURES - 1].duration_since(run[0]) <= WINDOW)
        .filter_map(|run| run[FAILURES - 1].checked_add(LOCK).ok())
        .filter(|until| now < *until)
        .max()
}

/// The number of attempts left before the lock, for the message after a failure.
pub fn attempts_left(failures: &[Timestamp], now: Timestamp) -> usize {
    let recent = failures.iter().filter(|at| now.duration_since(**at) <= WINDOW).count();
    FAILURES.saturating_sub(recent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn four_failures_do_not_lock() {
        let failures: Vec<_> = (0..4).map(at).collect();
        assert_eq!(locked_until(&failures, at(4)), None);
        assert_eq!(attempts_left(&failures, at(4)), 1);
    }

    #[test]
    fn the_fifth_within_half_an_hour_locks_for_half_an_hour() {
        let failures: Vec<_> = [0, 1, 2, 3, 30].map(at).into();
        assert_eq!(locked_until(&failures, at(30)), Some(at(60)));
        assert_eq!(locked_until(&failures, at(59)), Some(at(60)));
        assert_eq!(locked_until(&failures, at(60)), None);
        assert_eq!(attempts_left(&failures, at(30)), 0);
    }

    #[test]
    fn failures_far_apart_do_not_lock() {
        let failures: Vec<_> = (0..5).map(|n| at(n * 10)).collect();
        assert_eq!(locked_until(&failures, at(41)), None);
    }

    #[test]
    fn the_order_does_not_matter() {
        let failures = [at(4), at(0), at(3), at(1), at(2)];
        assert_eq!(locked_until(&failures, at(5)), Some(at(34)));
    }
}
