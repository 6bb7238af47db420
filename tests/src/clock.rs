//! Test clock: it starts at the same time in every run, and then advances with the clock of the machine.

use jiff::Timestamp;
use obcms_app::Clock;
use std::sync::OnceLock;
use std::time::Instant;

/// Start of the clock of every test: 9:00 on a Tuesday in Manila.
const START: Timestamp = Timestamp::constant(1_796_086_800, 0);

/// Test clock, shared by all servers of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestClock;

impl TestClock {
    /// Returns the start of the clock.
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
    fn clock_starts_at_a_fixed_time_and_advances() {
        let (first, second) = (TestClock.now(), TestClock.now());
        assert_eq!(START.to_string(), "2026-12-01T01:00:00Z");
        assert!(START <= first && first < second);
    }
}
