//! Clock of the tests: it starts at the same time in every run, and goes on from there as the machine's does.

use jiff::Timestamp;
use obcms_app::Clock;
use std::sync::OnceLock;
use std::time::Instant;

/// The time at which the clock of every test starts: nine in the morning of a Tuesday in Manila.
const START: Timestamp = Timestamp::constant(1_796_086_800, 0);

/// The clock of a test: one for all servers of its process.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestClock;

impl TestClock {
    /// The time at which it starts.
    pub fn start() -> Timestamp {
        START
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        static STARTED: OnceLock<Instant> = OnceLock::new();
        START + STARTED.get_or_init(Instant::now).elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_the_same_time_and_goes_on() {
        let (first, second) = (TestClock.now(), TestClock.now());
        assert_eq!(START.to_string(), "2026-12-01T01:00:00Z");
        assert!(START <= first && first < second);
    }
}
