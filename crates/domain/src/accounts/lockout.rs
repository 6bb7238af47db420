//! Lockout after failed sign-ins.
//!
//! Failures are counted three times: per account and client together, which locks for a while; per client over all
//! accounts, which slows password spraying; and per account over all clients, which slows distributed guessing. The
//! last two only delay. Devices on which the owner signed in before are counted separately.

use jiff::{SignedDuration, Timestamp};

/// Failures within [`WINDOW`] that lock.
pub const FAILURES: usize = 5;
/// Time window within which failures count together.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(30);
/// Duration of the lock, counted from the failure that caused it.
pub const LOCK: SignedDuration = SignedDuration::from_mins(30);

/// Returns the end of the lock of a pair of account and address; `None` when it is not locked.
///
/// `failures` are the instants of the failed attempts since the last success, in any order. Attempts that are refused
/// because of the lock are not failures and must not be recorded, or the lock would never end.
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

/// Failures within [`COUNTED`] of one client over all accounts, or of one account over all clients, before a delay
/// starts: an office behind one address mistypes, too.
pub const FREE_FAILURES: usize = 20;
/// Time window within which these failures count together.
pub const COUNTED: SignedDuration = SignedDuration::from_hours(1);
/// First delay; each further failure doubles it.
pub const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(5);
/// Longest delay. A lock without end would be a way to keep an owner out.
pub const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(5);

/// Returns the end of the delay of a client or account after its last failure; `None` when it may try.
///
/// The delay never ends later than [`LONGEST_DELAY`] from now, even if the failure was recorded by a clock that was
/// ahead.
pub fn delayed_until(failures: usize, last: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let beyond = u32::try_from(failures.checked_sub(FREE_FAILURES)?).unwrap_or(u32::MAX);
    let factor = 1_i32.checked_shl(beyond.min(20)).unwrap_or(i32::MAX);
    let delay = FIRST_DELAY.checked_mul(factor).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY);
    let until = last?.checked_add(delay).ok()?.min(now.checked_add(LONGEST_DELAY).ok()?);
    (now < until).then_some(until)
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
    }

    #[test]
    fn fifth_failure_within_half_an_hour_locks_for_half_an_hour() {
        let failures: Vec<_> = [0, 1, 2, 3, 30].map(at).into();
        assert_eq!(locked_until(&failures, at(30)), Some(at(60)));
        assert_eq!(locked_until(&failures, at(59)), Some(at(60)));
        assert_eq!(locked_until(&failures, at(60)), None);
    }

    #[test]
    fn failures_far_apart_do_not_lock() {
        let failures: Vec<_> = (0..5).map(|n| at(n * 10)).collect();
        assert_eq!(locked_until(&failures, at(41)), None);
    }

    #[test]
    fn order_of_failures_does_not_matter() {
        let failures = [at(4), at(0), at(3), at(1), at(2)];
        assert_eq!(locked_until(&failures, at(5)), Some(at(34)));
    }

    #[test]
    fn delays_double_up_to_a_limit_and_expire() {
        let seconds = |failures| {
            delayed_until(failures, Some(at(0)), at(0)).map(|until| until.duration_since(at(0)).as_secs())
        };
        assert_eq!(seconds(0), None);
        assert_eq!(seconds(FREE_FAILURES - 1), None);
        assert_eq!(seconds(FREE_FAILURES), Some(5));
        assert_eq!(seconds(FREE_FAILURES + 1), Some(10));
        assert_eq!(seconds(FREE_FAILURES + 6), Some(300));
        assert_eq!(seconds(usize::MAX), Some(300));
        assert_eq!(delayed_until(100, Some(at(0)), at(5)), None);
        // A clock that was a day ahead.
        assert_eq!(delayed_until(100, Some(at(24 * 60)), at(0)), Some(at(5)));
    }
}
