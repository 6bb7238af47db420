//! Schedules of jobs: states, back-off after a failure, next time of a cron line.

use jiff::SignedDuration;

pub use crate::core::schedule::{ScheduleError, next_run};

/// State of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Waiting for its time or its next attempt.
    Queued,
    /// A process runs it and holds its lease.
    Running,
    /// Finished; does not run again by itself.
    Done,
    /// Given up after its last attempt.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Failed];

    /// Name in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Returns the state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Back-off after failures: doubles up to a limit, with a jitter so that jobs that failed together do not run again
/// together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// Pause after the first failure.
    pub first: SignedDuration,
    /// Longest pause.
    pub longest: SignedDuration,
}

impl BackOff {
    /// Default for most jobs: half a minute, a minute, two, and so on up to an hour.
    pub const USUAL: Self =
        Self { first: SignedDuration::from_secs(30), longest: SignedDuration::from_hours(1) };

    /// Returns the pause after a number of failures in a row (1 and more). `chance` is the jitter: 0 makes it a fifth
    /// shorter, `u32::MAX` a fifth longer.
    #[must_use]
    pub fn pause(self, failures: i64, chance: u32) -> SignedDuration {
        let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 40)).unwrap_or(40);
        let first = i128::from(self.first.as_secs().max(1)) * 1000;
        let longest = i128::from(self.longest.as_secs().max(1)) * 1000;
        let whole = (first << doublings).min(longest);
        let spread = whole * 4 / 5 + whole * 2 / 5 * i128::from(chance) / i128::from(u32::MAX);
        SignedDuration::from_millis(i64::try_from(spread).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    fn next(line: &str, after: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        next_run(line, after.parse().unwrap(), &zone).unwrap().to_string()
    }

    #[test]
    fn back_off_doubles_up_to_the_limit() {
        let middle = u32::MAX / 2;
        let seconds: Vec<i64> = (1..=9)
            .map(|failures| BackOff::USUAL.pause(failures, middle).as_millis() as i64 / 1000 + 1)
            .collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(BackOff::USUAL.pause(i64::MAX, middle), BackOff::USUAL.pause(9, middle));
    }

    #[test]
    fn back_off_has_a_jitter_of_a_fifth() {
        assert_eq!(BackOff::USUAL.pause(1, 0), SignedDuration::from_secs(24));
        assert_eq!(BackOff::USUAL.pause(1, u32::MAX), SignedDuration::from_secs(36));
    }

    #[test]
    fn schedule_uses_the_zone_of_the_office() {
        // Half past three in Manila is half past seven in the evening before in UTC.
        assert_eq!(next("30 3 * * *", "2027-01-10T12:00:00Z", "Asia/Manila"), "2027-01-10T19:30:00Z");
        assert_eq!(next("30 3 * * *", "2027-01-10T12:00:00Z", "UTC"), "2027-01-11T03:30:00Z");
        // Strictly after, so that a finished job is not due again at once.
        assert_eq!(next("*/15 * * * *", "2027-01-10T12:15:00Z", "Asia/Manila"), "2027-01-10T12:30:00Z");
        assert_eq!(next("0 8 * * MON", "2027-01-10T12:00:00Z", "Asia/Manila"), "2027-01-11T00:00:00Z");
    }

    #[test]
    fn schedule_follows_clock_changes() {
        // Berlin, 28 March 2027: the clocks go from two to three.
        assert_eq!(next("0 9 * * *", "2027-03-27T12:00:00Z", "Europe/Berlin"), "2027-03-28T07:00:00Z");
        assert_eq!(next("0 9 * * *", "2027-03-26T12:00:00Z", "Europe/Berlin"), "2027-03-27T08:00:00Z");
        // Half past two does not exist that day; the job runs nevertheless.
        assert_eq!(next("30 2 * * *", "2027-03-27T12:00:00Z", "Europe/Berlin"), "2027-03-28T01:00:00Z");
        // 31 October 2027: half past two occurs twice and counts once.
        assert_eq!(next("30 2 * * *", "2027-10-30T12:00:00Z", "Europe/Berlin"), "2027-10-31T00:30:00Z");
        assert_eq!(next("30 2 * * *", "2027-10-31T00:30:00Z", "Europe/Berlin"), "2027-11-01T01:30:00Z");
    }

    #[test]
    fn invalid_schedule_is_refused_with_a_message() {
        let refused = next_run("every day", Timestamp::UNIX_EPOCH, &TimeZone::UTC).unwrap_err();
        assert!(refused.to_string().starts_with("the schedule \"every day\" is wrong: "), "{refused}");
    }

    #[test]
    fn states_are_parsed_from_their_names() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("paused"), None);
    }
}
