//! When too many wrong passwords close the door for a while.
//!
//! Failures are counted three times: per account and client together, which locks for a while; per client over all
//! accounts, which slows who tries one password on many; and per account over all clients, which slows who guesses from
//! many addresses. The last two only delay, and devices that an owner has signed in on before are counted apart.

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

/// Failures within [`COUNTED`] of one client over all accounts, or of one account over all clients, that pass without
/// a delay: an office behind one address mistypes, too.
pub const FREE_FAILURES: usize = 20;
/// The time within which these count together.
pub const COUNTED: SignedDuration = SignedDuration::from_hours(1);
/// The first delay; each further failure doubles it.
pub const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(5);
/// The longest delay. A lock without end would be a way to keep an owner out.
pub const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(5);

/// Until when a client or an account that failed so often has to wait after its last failure; `None` when it may try.
///
/// The wait never ends later than [`LONGEST_DELAY`] from now, however far ahead the clock was that wrote the failure.
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
    fn the_fifth_within_half_an_hour_locks_for_half_an_hour() {
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
    fn the_order_does_not_matter() {
        let failures = [at(4), at(0), at(3), at(1), at(2)];
        assert_eq!(locked_until(&failures, at(5)), Some(at(34)));
    }

    #[test]
    fn delays_double_up_to_a_limit_and_end() {
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
